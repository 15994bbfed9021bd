// The kernel's loop in C, for the ratio that `kernel.ts` measures: the same records, the same order of operations, 128-bit
// vectors. gcc -O3 -msse2 reference.c -lm. Arguments: inputs, hidden, outputs; lanes (1, 4 or 16); activation (1 logistic, 5 softsign,
// 6 rational sigmoid); control steps. Prints nanoseconds per step and the sum of the first lane's first output.

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef double pair __attribute__((vector_size(16), aligned(8)));
typedef int64_t integers __attribute__((vector_size(16)));

struct record {
  int32_t target, activation;
  const int32_t *sources, *sources_end;
  const double *weights;
  double bias, response;
};

static int neurons, lanes;
static struct record *records;
static double *values;

#define TAIL(T, r, r2, r4) \
  (r + r2 * ((0.5 + r * (1.0 / 6) + r2 * (1.0 / 24 + r * (1.0 / 120))) + \
   r4 * ((1.0 / 720 + r * (1.0 / 5040) + r2 * (1.0 / 40320 + r * (1.0 / 362880))) + \
   r4 * (1.0 / 3628800 + r * (1.0 / 39916800) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800.0))))))

static inline double exp_one(double x) {
  if (!(fabs(x) <= 708)) return x != x ? x : x > 0 ? INFINITY : 0;
  // Without SSE4.1 there is no instruction for floor; k is integral either way.
  double k = (x * 1.4426950408889634 + 0.5 + 6755399441055744.0) - 6755399441055744.0;
  double t = x * 1.4426950408889634 + 0.5;
  if (k > t) k -= 1;
  double r = x - k * 0.6931471804855391 - k * 7.440617110012397e-11, r2 = r * r, r4 = r2 * r2;
  int64_t bits = ((int64_t)k + 1023) << 52;
  double scale;
  memcpy(&scale, &bits, 8);
  return (1 + TAIL(double, r, r2, r4)) * scale;
}

static inline pair exp_pair(pair x) {
  pair magic = {6755399441055744.0, 6755399441055744.0};
  if (!(fabs(x[0]) <= 708 && fabs(x[1]) <= 708)) return (pair){exp_one(x[0]), exp_one(x[1])};
  pair t = x * 1.4426950408889634 + 0.5;
  pair k = (t + magic) - magic;
  integers above = k > t;
  pair one = {1, 1};
  k -= (pair)((integers)one & above);
  pair r = x - k * 0.6931471804855391 - k * 7.440617110012397e-11, r2 = r * r, r4 = r2 * r2;
  integers bits = ((integers)(k + magic) + 1023) << 52;
  return (1 + TAIL(pair, r, r2, r4)) * (pair)bits;
}

static inline pair absolute(pair x) {
  integers mask = {INT64_MAX, INT64_MAX};
  return (pair)((integers)x & mask);
}

static inline double activate_one(int code, double x) {
  if (code == 1) return 1 / (1 + exp_one(-x));
  if (code == 5) return x / (1 + fabs(x)) + 0.0;
  double z = 2.4621365 * x;
  return 0.5 + (0.5 * z) / (1 + fabs(z));
}

static inline pair activate_pair(int code, pair x) {
  if (code == 1) return 1 / (1 + exp_pair(-x));
  if (code == 5) return x / (1 + absolute(x)) + 0.0;
  pair z = 2.4621365 * x;
  return 0.5 + (0.5 * z) / (1 + absolute(z));
}

static void step_one(void) {
  for (int n = 0; n < neurons; n++) {
    const struct record *r = &records[n];
    const double *w = r->weights;
    double joined = 0;
    for (const int32_t *s = r->sources; s < r->sources_end; s++) joined += *w++ * *(double *)((char *)values + *s);
    *(double *)((char *)values + r->target) = activate_one(r->activation, r->bias + r->response * joined);
  }
}

#define STEP(NAME, PAIRS) \
static void NAME(void) { \
  for (int n = 0; n < neurons; n++) { \
    const struct record *r = &records[n]; \
    const double *w = r->weights; \
    pair sums[PAIRS]; \
    for (int p = 0; p < PAIRS; p++) sums[p] = (pair){0, 0}; \
    for (const int32_t *s = r->sources; s < r->sources_end; s++) { \
      pair weight = {*w, *w}; \
      w++; \
      const pair *v = (const pair *)((char *)values + *s); \
      for (int p = 0; p < PAIRS; p++) sums[p] += weight * v[p]; \
    } \
    pair *to = (pair *)((char *)values + r->target); \
    if (r->activation == 1) for (int p = 0; p < PAIRS; p++) to[p] = activate_pair(1, r->bias + r->response * sums[p]); \
    else if (r->activation == 5) for (int p = 0; p < PAIRS; p++) to[p] = activate_pair(5, r->bias + r->response * sums[p]); \
    else for (int p = 0; p < PAIRS; p++) to[p] = activate_pair(6, r->bias + r->response * sums[p]); \
  } \
}

STEP(step_4, 2)
STEP(step_16, 8)

int main(int count, char **words) {
  if (count != 7) return 2;
  int inputs = atoi(words[1]), hidden = atoi(words[2]), outputs = atoi(words[3]), activation = atoi(words[5]);
  long steps = atol(words[6]);
  lanes = atoi(words[4]);
  neurons = hidden + outputs;
  records = calloc(neurons, sizeof *records);
  values = aligned_alloc(64, (8 * lanes * (inputs + neurons) + 63) & ~63);
  memset(values, 0, 8 * lanes * (inputs + neurons));
  for (int n = 0; n < neurons; n++) {
    int first = n < hidden ? 0 : inputs, sources = n < hidden ? inputs : hidden;
    int32_t *s = calloc(sources, sizeof *s);
    double *w = calloc(sources, sizeof *w);
    for (int i = 0; i < sources; i++) {
      s[i] = 8 * lanes * (first + i);
      w[i] = ((i * 7 + n * 3) % 11 - 5) / 4.0;
    }
    records[n] = (struct record){8 * lanes * (inputs + n), activation, s, s + sources, w, 0.125, 1};
  }
  double *rows[8];
  for (int i = 0; i < 8; i++) {
    rows[i] = malloc(8 * inputs * lanes);
    for (int v = 0; v < inputs * lanes; v++) rows[i][v] = ((i + v) & 7) / 8.0;
  }
  struct timespec start, end;
  double sum = 0;
  for (int round = 0; round < 2; round++) {
    sum = 0;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (long i = 0; i < steps; i++) {
      memcpy(values, rows[i & 7], 8 * inputs * lanes);
      if (lanes == 1) step_one();
      else if (lanes == 4) step_4();
      else step_16();
      sum += values[lanes * (inputs + hidden)];
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  }
  printf("%.4f %.17g\n", ((end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec)) / steps, sum);
  return 0;
}
