// The constants of exp, tanh, sin and cos in memory, each twice, so that one number or a pair is a single load. Engines make
// a constant that stands in the code from an integer register, in two or three instructions, every time.
// Values as in `src/math.ts`; EXP_n is 1/n!, SIN_n and COS_n have the signs of their series.

/** Place of each constant in the table, in bytes. */
export const HALF: usize = 0
export const ONE: usize = 16
export const TWO: usize = 32
export const PER_LN2: usize = 48
export const LN2_HIGH: usize = 64
export const LN2_LOW: usize = 80
export const EXP_3: usize = 96
export const EXP_4: usize = 112
export const EXP_5: usize = 128
export const EXP_6: usize = 144
export const EXP_7: usize = 160
export const EXP_8: usize = 176
export const EXP_9: usize = 192
export const EXP_10: usize = 208
export const EXP_11: usize = 224
export const EXP_12: usize = 240
export const EXP_13: usize = 256
export const EXP_LIMIT: usize = 272
export const INTEGER_BITS: usize = 288
export const PER_HALF_PI: usize = 304
export const HALF_PI_1: usize = 320
export const HALF_PI_2: usize = 336
export const HALF_PI_3: usize = 352
export const TRIGONOMETRIC_LIMIT: usize = 368
export const SIN_3: usize = 384
export const SIN_5: usize = 400
export const SIN_7: usize = 416
export const SIN_9: usize = 432
export const SIN_11: usize = 448
export const SIN_13: usize = 464
export const SIN_15: usize = 480
export const SIN_17: usize = 496
export const COS_4: usize = 512
export const COS_6: usize = 528
export const COS_8: usize = 544
export const COS_10: usize = 560
export const COS_12: usize = 576
export const COS_14: usize = 592
export const COS_16: usize = 608

const TABLE: usize = memory.data<f64>([
  0.5, 0.5,
  1.0, 1.0,
  2.0, 2.0,
  1.4426950408889634, 1.4426950408889634,
  0.6931471804855391, 0.6931471804855391,
  7.440617110012397e-11, 7.440617110012397e-11,
  0.16666666666666666, 0.16666666666666666,
  0.041666666666666664, 0.041666666666666664,
  0.008333333333333333, 0.008333333333333333,
  0.001388888888888889, 0.001388888888888889,
  0.0001984126984126984, 0.0001984126984126984,
  2.48015873015873e-05, 2.48015873015873e-05,
  2.7557319223985893e-06, 2.7557319223985893e-06,
  2.755731922398589e-07, 2.755731922398589e-07,
  2.505210838544172e-08, 2.505210838544172e-08,
  2.08767569878681e-09, 2.08767569878681e-09,
  1.6059043836821613e-10, 1.6059043836821613e-10,
  708.0, 708.0,
  6755399441055744.0, 6755399441055744.0,
  0.6366197723675814, 0.6366197723675814,
  1.5707963267341256, 1.5707963267341256,
  6.077100506303966e-11, 6.077100506303966e-11,
  2.0222662487959506e-21, 2.0222662487959506e-21,
  1000000.0, 1000000.0,
  -0.16666666666666666, -0.16666666666666666,
  0.008333333333333333, 0.008333333333333333,
  -0.0001984126984126984, -0.0001984126984126984,
  2.7557319223985893e-06, 2.7557319223985893e-06,
  -2.505210838544172e-08, -2.505210838544172e-08,
  1.6059043836821613e-10, 1.6059043836821613e-10,
  -7.647163731819816e-13, -7.647163731819816e-13,
  2.8114572543455206e-15, 2.8114572543455206e-15,
  0.041666666666666664, 0.041666666666666664,
  -0.001388888888888889, -0.001388888888888889,
  2.48015873015873e-05, 2.48015873015873e-05,
  -2.755731922398589e-07, -2.755731922398589e-07,
  2.08767569878681e-09, 2.08767569878681e-09,
  -1.1470745597729725e-11, -1.1470745597729725e-11,
  4.779477332387385e-14, 4.779477332387385e-14,
], 16)

@inline
export function one(constant: usize): f64 {
  return load<f64>(TABLE + constant)
}

@inline
export function two(constant: usize): v128 {
  return v128.load(TABLE + constant)
}
