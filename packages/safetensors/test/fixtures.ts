// Files written by safetensors 0.8.0 (numpy 2.4.6, ml_dtypes), in base64.

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}

/**
 * safetensors.numpy.save({
 *   "bool": np.array([[True,False,True],[False,False,True]]), "i8": np.array([-128,0,127],np.int8),
 *   "i16": np.array([-32768,258],np.int16), "i32": np.array([-2**31,2**31-1],np.int32),
 *   "i64": np.array([-2**63,2**63-1],np.int64), "u8": np.array([0,255],np.uint8),
 *   "u16": np.array([513,65535],np.uint16), "u32": np.array([2**32-1,1],np.uint32),
 *   "u64": np.array([2**64-1,1],np.uint64), "f16": np.array([1.5,-65504,6e-8,np.inf],np.float16),
 *   "bf16": np.array([1.5,-3.0e38,1e-40],ml_dtypes.bfloat16),
 *   "f32": np.array([[1.5,-0.0],[np.nan,1e-45]],np.float32), "f64": np.array([np.pi,-np.inf]),
 *   "c64": np.array([1+2j,-0.5j],np.complex64), "scalar": np.array(7,np.int32),
 *   "empty": np.zeros((0,3),np.float32)}, {"format": "np"})
 */
export function everyDType(): Uint8Array {
  return fromBase64(
    "yAMAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJucCJ9LCJ1NjQiOnsiZHR5cGUiOiJVNjQiLCJzaGFw" +
      "ZSI6WzJdLCJkYXRhX29mZnNldHMiOlswLDE2XX0sImk2NCI6eyJkdHlwZSI6Ikk2NCIsInNoYXBlIjpbMl0sImRh" +
      "dGFfb2Zmc2V0cyI6WzE2LDMyXX0sImY2NCI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0" +
      "cyI6WzMyLDQ4XX0sImM2NCI6eyJkdHlwZSI6IkM2NCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzQ4LDY0" +
      "XX0sImVtcHR5Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlswLDNdLCJkYXRhX29mZnNldHMiOls2NCw2NF19LCJm" +
      "MzIiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsMl0sImRhdGFfb2Zmc2V0cyI6WzY0LDgwXX0sInUzMiI6eyJk" +
      "dHlwZSI6IlUzMiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzgwLDg4XX0sImkzMiI6eyJkdHlwZSI6Ikkz" +
      "MiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6Wzg4LDk2XX0sInNjYWxhciI6eyJkdHlwZSI6IkkzMiIsInNo" +
      "YXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpbOTYsMTAwXX0sImJmMTYiOnsiZHR5cGUiOiJCRjE2Iiwic2hhcGUiOlsz" +
      "XSwiZGF0YV9vZmZzZXRzIjpbMTAwLDEwNl19LCJmMTYiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzRdLCJkYXRh" +
      "X29mZnNldHMiOlsxMDYsMTE0XX0sInUxNiI6eyJkdHlwZSI6IlUxNiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0" +
      "cyI6WzExNCwxMThdfSwiaTE2Ijp7ImR0eXBlIjoiSTE2Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMTE4" +
      "LDEyMl19LCJpOCI6eyJkdHlwZSI6Ikk4Iiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMTIyLDEyNV19LCJ1" +
      "OCI6eyJkdHlwZSI6IlU4Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMTI1LDEyN119LCJib29sIjp7ImR0" +
      "eXBlIjoiQk9PTCIsInNoYXBlIjpbMiwzXSwiZGF0YV9vZmZzZXRzIjpbMTI3LDEzM119ff//////////AQAAAAAA" +
      "AAAAAAAAAAAAgP////////9/GC1EVPshCUAAAAAAAADw/wAAgD8AAABAAAAAgAAAAL8AAMA/AAAAgAAAwH8BAAAA" +
      "/////wEAAAAAAACA////fwcAAADAP2L/AQAAPv/7AQAAfAEC//8AgAIBgAB/AP8BAAEAAAE=",
  );
}

/**
 * safetensors.numpy.save({
 *   "b.kernel": np.arange(6,dtype=np.float32).reshape(2,3)/4, "b.bias": np.array([-1,0.5,2],np.float32),
 *   "10": np.array(3,np.float32), "9": np.zeros((2,0),np.float32), "\U0001f600": np.ones(1,np.float32),
 *   "\uff5e\"\\\n\u0001": np.ones(1,np.float32)}, {"note": "é / \u2028"})
 */
export function float32Only(): Uint8Array {
  return fromBase64(
    "kAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJub3RlIjoiw6kgLyDigKgifSwiMTAiOnsiZHR5cGUiOiJGMzIiLCJz" +
      "aGFwZSI6W10sImRhdGFfb2Zmc2V0cyI6WzAsNF19LCI5Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDBdLCJk" +
      "YXRhX29mZnNldHMiOls0LDRdfSwiYi5iaWFzIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlszXSwiZGF0YV9vZmZz" +
      "ZXRzIjpbNCwxNl19LCJiLmtlcm5lbCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwzXSwiZGF0YV9vZmZzZXRz" +
      "IjpbMTYsNDBdfSwi772eXCJcXFxuXHUwMDAxIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsxXSwiZGF0YV9vZmZz" +
      "ZXRzIjpbNDAsNDRdfSwi8J+YgCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzQ0" +
      "LDQ4XX19ICAgICAgAABAQAAAgL8AAAA/AAAAQAAAAAAAAIA+AAAAPwAAQD8AAIA/AACgPwAAgD8AAIA/",
  );
}

/** safetensors.numpy.save({}) */
export function nothing(): Uint8Array {
  return fromBase64("CAAAAAAAAAB7fSAgICAgIA==");
}
