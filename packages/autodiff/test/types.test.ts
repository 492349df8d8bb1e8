import {
  add,
  bind,
  grad,
  isTensor,
  multiply,
  sum,
  tree,
  valueAndGrad,
  vjp,
} from "@flaxen/autodiff";
import type { Argument, Gradient, Primitive, Tensor, TensorLike } from "@flaxen/autodiff";
import { array } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import test from "ava";
import { expectTypeOf } from "expect-type";

interface Params {
  w: Tensor;
  layers: { b: Tensor }[];
}

test("types: operations take everything array-like and return Tensor", (t) => {
  expectTypeOf(add).parameter(0).toEqualTypeOf<TensorLike>();
  expectTypeOf(add([1], 2)).toEqualTypeOf<Tensor>();
  // @ts-expect-error text is no tensor
  t.throws(() => add("1", 2));
  // @ts-expect-error reductions take named options
  t.throws(() => sum([[1]], 2));
  // @ts-expect-error the option is named axis
  t.throws(() => sum([[1]], { axes: 0 }));
});

test("types: grad(f) infers the arguments and the gradient from f", (t) => {
  expectTypeOf(grad((x) => sum(x))(array([1]))).toEqualTypeOf<Tensor>();
  const loss = (params: Params, x: Tensor, flag: boolean): Tensor =>
    flag ? sum(multiply(params.w, x)) : sum(x);
  const gradient = grad(loss)({ w: array([1]), layers: [{ b: 0.5 }] }, array([1]), true);
  expectTypeOf(gradient).toEqualTypeOf<{ w: Tensor; layers: { b: Tensor }[] }>();
  const second = grad(loss, { argnums: 1 });
  expectTypeOf(second).returns.toEqualTypeOf<Tensor>();
  const both = grad(loss, { argnums: [1, 0] });
  expectTypeOf(both).returns.toEqualTypeOf<[Tensor, { w: Tensor; layers: { b: Tensor }[] }]>();
  // @ts-expect-error the third argument is a boolean
  t.notThrows(() => grad(loss)({ w: array([1]), layers: [] }, array([1]), 1));
});

test("types: hasAux changes the results of grad and valueAndGrad", (t) => {
  const f = (x: Tensor): [Tensor, { count: number }] => [sum(x), { count: 1 }];
  expectTypeOf(grad(f, { hasAux: true })).returns.toEqualTypeOf<[Tensor, { count: number }]>();
  expectTypeOf(valueAndGrad(f, { hasAux: true })).returns.toEqualTypeOf<
    [[Tensor, { count: number }], Tensor]
  >();
  expectTypeOf(valueAndGrad((x: Tensor) => sum(x))).returns.toEqualTypeOf<[Tensor, Tensor]>();
  t.pass();
});

test("types: vjp(f, ...primals) types the pullback by the primals", (t) => {
  const [out, pullback] = vjp((x: Tensor, p: { b: Tensor }) => add(x, p.b), array([1]), { b: 2 });
  expectTypeOf(out).toEqualTypeOf<Tensor>();
  expectTypeOf(pullback).parameter(0).toEqualTypeOf<Argument<Tensor>>();
  expectTypeOf(pullback).returns.toEqualTypeOf<[Tensor, { b: Tensor }]>();
  t.pass();
});

test("types: Gradient<T> puts a Tensor at every leaf", (t) => {
  expectTypeOf<Gradient<[number, { a: NDArray }]>>().toEqualTypeOf<[Tensor, { a: Tensor }]>();
  t.pass();
});

test("types: isTensor narrows, bind checks the parameters, tree functions accept anything", (t) => {
  const x: unknown = array([1]);
  if (isTensor(x)) expectTypeOf(x).toEqualTypeOf<Tensor>();
  expectTypeOf(bind<{ axis: number }>)
    .parameter(0)
    .toEqualTypeOf<Primitive<{ axis: number }>>();
  expectTypeOf(bind<{ axis: number }>)
    .parameter(2)
    .toEqualTypeOf<{ axis: number }>();
  expectTypeOf(tree.leaves).parameter(0).toBeUnknown();
  t.pass();
});
