// The optimizer's step in one pass over memory, and the norm of gradients.
#if HAVE_TORCH
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include "tensor.hpp"

namespace {

using ctorch::guarded;
using ctorch::Refusal;
using ctorch::value;
using ctorch::writable;

// What a step multiplies by, in the precision of the elements.
struct Factors {
  explicit Factors(const ctorch_adamw &s)
      : kept(static_cast<float>(1 - s.learning_rate * s.weight_decay)),
        gradient(static_cast<float>(s.gradient_scale)),
        beta1(static_cast<float>(s.beta1)),
        rest1(static_cast<float>(1 - s.beta1)),
        beta2(static_cast<float>(s.beta2)),
        rest2(static_cast<float>(1 - s.beta2)),
        step(static_cast<float>(s.learning_rate / (1 - std::pow(s.beta1, s.step)))),
        root(static_cast<float>(1 / std::sqrt(1 - std::pow(s.beta2, s.step)))),
        epsilon(static_cast<float>(s.epsilon)) {}

  float kept, gradient, beta1, rest1, beta2, rest2, step, root, epsilon;
};

void check(const ctorch_adamw &s) {
  const auto is_share = [](double beta) { return beta >= 0 && beta < 1; };
  if (!is_share(s.beta1) || !is_share(s.beta2)) throw Refusal("betas are from 0 to below 1");
  if (!(s.epsilon >= 0)) throw Refusal("epsilon is at least 0");
  if (s.step < 1) throw Refusal("steps are counted from 1");
}

const at::Tensor &single(const at::Tensor &x) {
  if (x.scalar_type() != at::kFloat || !x.is_contiguous()) {
    throw Refusal("a tensor of an optimizer is not float32, or not contiguous");
  }
  return x;
}

// A parameter with its gradient and its moments.
struct Weight {
  const at::Tensor &parameter, &gradient, &first, &second;
};

const at::Tensor &element(ctorch_list list, int64_t place) {
  if (list == nullptr) throw Refusal("a list of tensors is missing");
  return single(value(list[place]));
}

Weight weight(ctorch_list parameters, ctorch_list gradients, ctorch_list first, ctorch_list second,
              int64_t place) {
  const Weight found = {element(parameters, place), element(gradients, place),
                        element(first, place), element(second, place)};
  for (ctorch_list written : {parameters, first, second}) writable(written[place]);
  const at::Tensor &parameter = found.parameter;
  for (const at::Tensor *other : {&found.gradient, &found.first, &found.second}) {
    if (other->sizes() != parameter.sizes() || other->device() != parameter.device()) {
      throw Refusal("a parameter, its gradient and its moments have not one shape and device");
    }
  }
  return found;
}

// Replaces numbers by their roots. Compilers do not put std::sqrt side by side, since it sets errno.
inline void take_roots(float *x, int64_t count) {
  int64_t done = 0;
#if defined(__SSE2__) || defined(__aarch64__)
  done = count & ~int64_t{3};
  for (int64_t i = 0; i < done; i += 4) {
#if defined(__SSE2__)
    _mm_storeu_ps(x + i, _mm_sqrt_ps(_mm_loadu_ps(x + i)));
#else
    vst1q_f32(x + i, vsqrtq_f32(vld1q_f32(x + i)));
#endif
  }
#endif
  for (int64_t i = done; i < count; i++) x[i] = std::sqrt(x[i]);
}

// Elements whose roots stay in the nearest cache.
constexpr int64_t block = 512;

inline void step_block(float *__restrict__ parameter, const float *__restrict__ gradient,
                       float *__restrict__ first, float *__restrict__ second, const Factors &f,
                       int64_t count) {
  float roots[block];
  for (int64_t i = 0; i < count; i++) {
    const float g = f.gradient * gradient[i];
    first[i] = f.beta1 * first[i] + f.rest1 * g;
    second[i] = f.beta2 * second[i] + f.rest2 * g * g;
    roots[i] = second[i];
  }
  take_roots(roots, count);
  for (int64_t i = 0; i < count; i++) {
    const float change = f.step * first[i] / (f.root * roots[i] + f.epsilon);
    parameter[i] = f.kept * parameter[i] - change;
  }
}

void step_on_host(const Weight &weight, const Factors &f, int64_t begin, int64_t end) {
  float *parameter = weight.parameter.data_ptr<float>();
  const float *gradient = weight.gradient.data_ptr<float>();
  float *first = weight.first.data_ptr<float>();
  float *second = weight.second.data_ptr<float>();
  const auto step = [&](int64_t i, int64_t count) {
    step_block(parameter + i, gradient + i, first + i, second + i, f, count);
  };
  int64_t i = begin;
  for (; i + block <= end; i += block) step(i, block);
  step(i, end - i);
}

void step_on_device(const Weight &weight, const ctorch_adamw &s, const Factors &f) {
  const c10::AutoGradMode unrecorded(false);
  const at::Tensor g = weight.gradient * s.gradient_scale;
  weight.first.mul_(s.beta1).add_(g, 1 - s.beta1);
  weight.second.mul_(s.beta2).addcmul_(g, g, 1 - s.beta2);
  const at::Tensor below = weight.second.sqrt().mul_(f.root).add_(s.epsilon);
  weight.parameter.mul_(f.kept).addcdiv_(weight.first, below, -f.step);
}

ctorch_status adamw_step(ctorch_list parameters, ctorch_list gradients, ctorch_list first_moments,
                         ctorch_list second_moments, int64_t count, ctorch_adamw settings,
                         int64_t begin, int64_t end) {
  return guarded([&] {
    check(settings);
    const Factors factors(settings);
    int64_t start = 0;
    for (int64_t place = 0; place < count; place++) {
      const Weight found = weight(parameters, gradients, first_moments, second_moments, place);
      const int64_t size = found.parameter.numel();
      const int64_t low = std::max<int64_t>(begin - start, 0);
      const int64_t high = std::min(end - start, size);
      start += size;
      if (low >= high) continue;
      if (found.parameter.is_cpu()) {
        step_on_host(found, factors, low, high);
      } else if (low == 0 && high == size) {
        step_on_device(found, settings, factors);
      } else {
        throw Refusal("a step on a device is not shared");
      }
    }
  });
}

// In four sums, for the compiler to add them side by side.
double sum_on_host(const float *values, int64_t count) {
  double sums[4] = {};
  int64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (int64_t lane = 0; lane < 4; lane++) {
      const double x = values[i + lane];
      sums[lane] += x * x;
    }
  }
  for (; i < count; i++) sums[0] += static_cast<double>(values[i]) * values[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

ctorch_status sums_of_squares(ctorch_list tensors, int64_t count, double *sums) {
  return guarded([&] {
    const c10::AutoGradMode unrecorded(false);
    std::vector<at::Tensor> norms;
    std::vector<int64_t> places;
    for (int64_t place = 0; place < count; place++) {
      const at::Tensor &x = element(tensors, place);
      if (x.is_cpu()) {
        sums[place] = sum_on_host(x.data_ptr<float>(), x.numel());
      } else {
        norms.push_back(at::norm(x, at::Scalar(2), at::kDouble));
        places.push_back(place);
      }
    }
    if (norms.empty()) return;
    // One wait for all of the device's.
    const at::Tensor found = at::stack(norms).square().cpu();
    for (size_t i = 0; i < places.size(); i++) sums[places[i]] = found.data_ptr<double>()[i];
  });
}

}  // namespace

void ctorch::fill_optimizers(ctorch_table &table) {
  table.adamw_step = adamw_step;
  table.sums_of_squares = sums_of_squares;
}
#endif
