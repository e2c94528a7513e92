// The layers of transformers but attention, and their loss.
#if HAVE_TORCH
#include "tensor.hpp"

namespace {

using ctorch::made;
using ctorch::optional_value;
using ctorch::value;

ctorch_status matmul(const ctorch_tensor *x, const ctorch_tensor *y, ctorch_out z) {
  return made(z, [&] { return at::matmul(value(x), value(y)); });
}

ctorch_status addmm(const ctorch_tensor *c, const ctorch_tensor *x, const ctorch_tensor *y,
                    double beta, double alpha, ctorch_out z) {
  return made(z, [&] { return at::addmm(value(c), value(x), value(y), beta, alpha); });
}

ctorch_status linear(const ctorch_tensor *x, const ctorch_tensor *weight, const ctorch_tensor *bias,
                     ctorch_out y) {
  return made(y, [&] { return at::linear(value(x), value(weight), optional_value(bias)); });
}

ctorch_status embedding(const ctorch_tensor *weight, const ctorch_tensor *indexes, ctorch_out y) {
  return made(y, [&] { return at::embedding(value(weight), value(indexes)); });
}

ctorch_status layer_norm(const ctorch_tensor *x, const ctorch_tensor *weight,
                         const ctorch_tensor *bias, double eps, ctorch_out y) {
  return made(y, [&] {
    return at::layer_norm(value(x), value(weight).sizes(), value(weight), optional_value(bias),
                          eps);
  });
}

ctorch_status rms_norm(const ctorch_tensor *x, const ctorch_tensor *weight, double eps,
                       ctorch_out y) {
  return made(y, [&] {
    const at::Tensor &input = value(x);
    const at::Tensor wide = ctorch::widened(input);
    const at::Tensor power = at::mean(at::square(wide), at::IntArrayRef(-1), /*keepdim=*/true);
    const at::Tensor unit = at::mul(wide, at::rsqrt(at::add(power, eps)));
    return at::mul(value(weight), unit.to(input.scalar_type()));
  });
}

ctorch_status cross_entropy(const ctorch_tensor *x, const ctorch_tensor *targets, int64_t ignored,
                            ctorch_reduction reduction, ctorch_out loss) {
  return made(loss, [&] {
    return at::cross_entropy_loss(value(x), value(targets), ctorch::MaybeTensor(), reduction,
                                  ignored);
  });
}

}  // namespace

void ctorch::fill_layers(ctorch_table &table) {
  table.matmul = matmul;
  table.addmm = addmm;
  table.linear = linear;
  table.embedding = embedding;
  table.layer_norm = layer_norm;
  table.rms_norm = rms_norm;
  table.cross_entropy = cross_entropy;
}
#endif
