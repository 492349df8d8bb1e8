// Expected words: jax.random.key_data of what nnx.Rngs gives, flax 0.12.8, jax 0.10.2.
import { array } from "@flaxen/ndarray";
import { foldIn, key, keyData } from "@flaxen/rng";
import test from "ava";
import fc from "fast-check";
import { RngStream, Rngs } from "@flaxen/nnx";

test("Rngs.next() gives foldIn(key, n) as its n-th key", (t) => {
  const rngs = new Rngs(0);
  t.deepEqual(
    [rngs.next(), rngs.params.next(), rngs.stream("noise").next(), rngs.default.next()].map(
      (k) => k.words,
    ),
    [
      [1797259609, 2579123966],
      [928981903, 3453687069],
      [4146024105, 2718843009],
      [2467461003, 3840466878],
    ],
  );
  fc.assert(
    fc.property(fc.integer(), fc.nat(20), (seed, n) => {
      const stream = new RngStream(seed, { tag: "t" });
      for (let i = 0; i < n; i++) stream.next();
      t.deepEqual(stream.next(), foldIn(key(seed), n));
    }),
    { seed: 1, numRuns: 20 },
  );
});

test("Rngs streams do not mix their names into keys", (t) => {
  t.deepEqual(new Rngs({ params: 0 }).params.next(), new Rngs({ dropout: 0 }).dropout.next());
});

test("Rngs falls back to the default stream, with its tag and count", (t) => {
  const rngs = new Rngs({ default: 0, params: 1 });
  t.is(rngs.dropout, rngs.default);
  t.is(rngs.carry.tag, "default");
  t.not(rngs.params, rngs.default);
  t.deepEqual(rngs.names(), ["default", "params"]);
  t.deepEqual(
    [rngs.has("params"), rngs.has("dropout"), rngs.has("toString")],
    [true, false, false],
  );
  rngs.dropout.next();
  t.is(rngs.default.count.value.item(), 1);
});

test("Rngs.fork() draws one key of each stream", (t) => {
  const rngs = new Rngs(0);
  const child = rngs.fork();
  t.deepEqual(child.default.key.value.words, [1797259609, 2579123966]);
  t.is(child.default.count.value.item(), 0);
  t.is(rngs.default.count.value.item(), 1);
  t.deepEqual(child.next().words, [4165894930, 804218099]);
  // r = nnx.Rngs(0, params=5); f = r.fork(); f(), f.params(), r.params()
  const two = new Rngs({ params: 5, default: 0 });
  const fork = two.fork();
  t.deepEqual(fork.next().words, [4165894930, 804218099]);
  t.deepEqual(fork.params.next().words, [1476913942, 4047406665]);
  t.deepEqual(two.params.next().words, [202567368, 3886822060]);
});

test("Rngs takes keys, key words, bigints and streams as seeds", (t) => {
  const first = new Rngs(7).next();
  t.deepEqual(new Rngs(key(7)).next(), first);
  t.deepEqual(new Rngs(7n).next(), first);
  t.deepEqual(new Rngs(keyData(key(7))).next(), first);
  const stream = new Rngs(7).default;
  stream.next();
  // The key is copied, the count is not.
  t.deepEqual(new Rngs(stream).next(), first);
  t.deepEqual(new Rngs({ params: stream }).params.next(), first);
});

test("Rngs keeps the legacy counter layout of its key", (t) => {
  const legacy = key(0, { partitionable: false });
  t.deepEqual(new Rngs(legacy).next(), foldIn(legacy, 0));
  t.false(new Rngs(legacy).next().partitionable);
});

test("RngStream wraps its count at 2^32", (t) => {
  const stream = new RngStream(0, { tag: "t" });
  stream.count.value = array(2 ** 32 - 1, "uint32");
  t.deepEqual(stream.next(), foldIn(key(0), 2 ** 32 - 1));
  t.is(stream.count.value.item(), 0);
});
