// Time of a large initializer in milliseconds and of small ones in microseconds. Medians after a warm-up.
import { glorotNormal, glorotUniform } from "@flaxen/initializers";
import { key } from "@flaxen/rng";

function median(run, samples) {
  run();
  const times = [];
  for (let i = 0; i < samples; i++) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[samples >> 1];
}

const drawn = key(0);
for (const [name, initializer] of Object.entries({
  glorotUniform: glorotUniform(),
  glorotNormal: glorotNormal(),
})) {
  const large = median(() => initializer(drawn, [4096, 4096]), 5);
  const calls = 20000;
  const small = median(() => {
    for (let i = 0; i < calls; i++) initializer(drawn, [2, 3]);
  }, 9);
  console.log(
    `${name} [4096, 4096] ${large.toFixed(0)} ms, [2, 3] ${((small / calls) * 1e3).toFixed(2)} us`,
  );
}
