// Attention of many short texts to themselves, on the CPU. Step by step it would be a few products
// per length of text, too small for libtorch to share among threads, and as many tensors; here each
// head of each text is computed at once, in the nearest cache, and only the projections are kept
// for the gradient.
#if HAVE_TORCH
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <limits>
#include <vector>

#include "parallel.hpp"
#include "random_factors.hpp"

namespace {

using ctorch::Floats;
using ctorch::lanes;
using ctorch::load;
using ctorch::random_block;
using ctorch::RandomFactors;
using ctorch::Refusal;
using ctorch::store;
using ctorch::value;

struct Text {
  // Its tokens among all rows.
  int64_t row, length;
  // The first block of random factors of its first head.
  int64_t block;

  // Rows of scores are padded with zeros.
  CTORCH_INLINE int64_t width() const { return (length + lanes - 1) / lanes * lanes; }
  // How many blocks of random factors the scores of a head have.
  CTORCH_INLINE int64_t blocks() const {
    return (length * width() + random_block - 1) / random_block;
  }
};

struct Settings {
  // `size` numbers per head, a multiple of `lanes`.
  int64_t heads, size;
  double scale, dropout;
  // Fixes what is dropped.
  int64_t key;

  CTORCH_INLINE int64_t inner() const { return heads * size; }
  // Queries, keys and values side by side.
  CTORCH_INLINE int64_t stride() const { return 3 * inner(); }
};

// A matrix in memory, by rows or by columns.
struct Matrix {
  const float *values;
  int64_t row, column;
};

template <int rows>
CTORCH_INLINE void multiply_rows(int64_t n, int64_t k, Matrix a, const float *b, int64_t row_b,
                                 float *c, int64_t row_c) {
  for (int64_t j = 0; j < n; j += lanes) {
    Floats sums[rows] = {};
    for (int64_t l = 0; l < k; l++) {
      const Floats y = load(b + l * row_b + j);
      for (int r = 0; r < rows; r++) sums[r] += a.values[r * a.row + l * a.column] * y;
    }
    for (int r = 0; r < rows; r++) store(c + r * row_c + j, sums[r]);
  }
}

// c = a b for a of m x k and b of k x n, where n is a multiple of `lanes`.
CTORCH_INLINE void multiply(int64_t m, int64_t n, int64_t k, Matrix a, const float *b,
                            int64_t row_b, float *c, int64_t row_c) {
  int64_t i = 0;
  for (; i + 4 <= m; i += 4, a.values += 4 * a.row) {
    multiply_rows<4>(n, k, a, b, row_b, c + i * row_c, row_c);
  }
  for (; i < m; i++, a.values += a.row) {
    multiply_rows<1>(n, k, a, b, row_b, c + i * row_c, row_c);
  }
}

// Columns of `x` as rows of `width` numbers.
CTORCH_INLINE void transpose(const float *x, int64_t row, const Text &text, int64_t size,
                             float *y) {
  const int64_t width = text.width();
  for (int64_t i = 0; i < size; i++) {
    for (int64_t j = 0; j < text.length; j++) y[i * width + j] = x[j * row + i];
    for (int64_t j = text.length; j < width; j++) y[i * width + j] = 0;
  }
}

// Softmax of `length` scaled scores; the rest of the row becomes 0.
CTORCH_INLINE void weigh(float *scores, int64_t length, int64_t width, float scale) {
  for (int64_t j = length; j < width; j++) scores[j] = -std::numeric_limits<float>::infinity();
  Floats most = Floats{} - std::numeric_limits<float>::infinity();
  for (int64_t j = 0; j < width; j += lanes) most = ctorch::larger(most, load(scores + j));
  const float top = ctorch::largest(most);
  for (int64_t j = 0; j < width; j += lanes) {
    store(scores + j, ctorch::exponential((load(scores + j) - top) * scale));
  }
  for (int64_t j = length; j < width; j++) scores[j] = 0;
  Floats total = {};
  for (int64_t j = 0; j < width; j += lanes) total += load(scores + j);
  const float share = 1 / ctorch::sum(total);
  for (int64_t j = 0; j < width; j += lanes) store(scores + j, load(scores + j) * share);
}

// One head of one text: what is read, and room for what is computed.
struct Head {
  const Settings &settings;
  const Text &text;
  int64_t number;
  const float *queries, *keys, *values;
  RandomFactors random;
  // `[size, width]`, and three of `[length, width]`, in whole blocks.
  float *turned, *weights, *factors, *slopes;

  Head(const Settings &settings, const Text &text, int64_t number, const float *projected,
       std::vector<float> &room)
      : settings(settings),
        text(text),
        number(number),
        queries(projected + text.row * settings.stride() + number * settings.size),
        keys(queries + settings.inner()),
        values(keys + settings.inner()),
        random(settings.key, settings.dropout) {
    const size_t columns = static_cast<size_t>(settings.size * text.width());
    const size_t scores = static_cast<size_t>(text.blocks() * random_block);
    if (room.size() < columns + 3 * scores) room.resize(columns + 3 * scores);
    turned = room.data();
    weights = turned + columns;
    factors = weights + scores;
    slopes = factors + scores;
  }

  // The place of this head in a tensor `[tokens, inner]`.
  CTORCH_INLINE int64_t place() const {
    return text.row * settings.inner() + number * settings.size;
  }

  CTORCH_INLINE void find_weights() const {
    const int64_t length = text.length, width = text.width();
    transpose(keys, settings.stride(), text, settings.size, turned);
    multiply(length, width, settings.size, {queries, settings.stride(), 1}, turned, width, weights,
             width);
    for (int64_t i = 0; i < length; i++) {
      weigh(weights + i * width, length, width, static_cast<float>(settings.scale));
    }
  }

  CTORCH_INLINE void find_factors() const {
    const int64_t blocks = text.blocks(), first = text.block + number * blocks;
    for (int64_t place = 0; place < blocks; place++) {
      random.draw(first + place, factors + place * random_block);
    }
  }

  // y = x * factors.
  CTORCH_INLINE void drop(const float *x, float *y) const {
    for (int64_t i = 0; i < text.length * text.width(); i += lanes) {
      store(y + i, load(x + i) * load(factors + i));
    }
  }

  // The gradient of the scores, in place of that of the weights.
  CTORCH_INLINE void find_slopes() const {
    const float scale = static_cast<float>(settings.scale);
    const int64_t width = text.width();
    for (int64_t i = 0; i < text.length; i++) {
      const float *shares = weights + i * width;
      float *changes = slopes + i * width;
      Floats total = {};
      for (int64_t j = 0; j < width; j += lanes) total += load(shares + j) * load(changes + j);
      const float mean = ctorch::sum(total);
      for (int64_t j = 0; j < width; j += lanes) {
        store(changes + j, load(shares + j) * (load(changes + j) - mean) * scale);
      }
    }
  }
};

CTORCH_CLONES void attend(const Head &head, float *output) {
  const int64_t length = head.text.length, width = head.text.width();
  head.find_weights();
  if (head.settings.dropout > 0) {
    head.find_factors();
    head.drop(head.weights, head.weights);
  }
  multiply(length, head.settings.size, length, {head.weights, width, 1}, head.values,
           head.settings.stride(), output + head.place(), head.settings.inner());
}

// The gradient of the projections, from that of the output.
CTORCH_CLONES void differentiate(const Head &head, const float *output, float *projected) {
  const int64_t length = head.text.length, width = head.text.width();
  const int64_t size = head.settings.size, inner = head.settings.inner();
  const int64_t stride = head.settings.stride();
  const float *given = output + head.place();
  float *queries = projected + head.text.row * stride + head.number * size;
  float *keys = queries + inner, *values = keys + inner;

  head.find_weights();
  const bool drops = head.settings.dropout > 0;
  const float *kept = head.weights;
  if (drops) {
    head.find_factors();
    head.drop(head.weights, head.slopes);
    kept = head.slopes;
  }
  multiply(length, size, length, {kept, 1, width}, given, inner, values, stride);

  transpose(head.values, stride, head.text, size, head.turned);
  multiply(length, width, size, {given, inner, 1}, head.turned, width, head.slopes, width);
  if (drops) head.drop(head.slopes, head.slopes);
  head.find_slopes();
  multiply(length, size, length, {head.slopes, width, 1}, head.keys, stride, queries, stride);
  multiply(length, size, length, {head.slopes, 1, width}, head.queries, stride, keys, stride);
}

std::vector<Text> texts(const std::vector<int64_t> &lengths, int64_t heads) {
  std::vector<Text> found;
  found.reserve(lengths.size());
  int64_t row = 0, block = 0;
  for (const int64_t length : lengths) {
    found.push_back({row, length, block});
    row += length;
    block += heads * found.back().blocks();
  }
  return found;
}

// Calls body(head) for each head of each text. Texts that come sorted by length are taken from both
// ends by turns, so that every thread gets as much to do.
template <class Body>
void for_heads(const Settings &settings, const std::vector<int64_t> &lengths,
               const float *projected, const Body &body) {
  const std::vector<Text> all = texts(lengths, settings.heads);
  const int64_t count = static_cast<int64_t>(all.size());
  ctorch::share(count * settings.heads, settings.heads, [&](int64_t begin, int64_t end) {
    std::vector<float> room;
    for (int64_t task = begin; task < end; task++) {
      const int64_t turn = task / settings.heads;
      const int64_t text = turn % 2 == 0 ? turn / 2 : count - 1 - turn / 2;
      body(Head(settings, all[static_cast<size_t>(text)], task % settings.heads, projected, room));
    }
  });
}

class PackedAttention : public torch::autograd::Function<PackedAttention> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &projected,
                            const std::vector<int64_t> &lengths, const Settings &settings) {
    const at::Tensor input = projected.contiguous();
    context->save_for_backward({input});
    context->saved_data["lengths"] = lengths;
    context->saved_data["heads"] = settings.heads;
    context->saved_data["scale"] = settings.scale;
    context->saved_data["dropout"] = settings.dropout;
    context->saved_data["key"] = settings.key;
    const at::Tensor output = at::empty({input.size(0), settings.inner()}, input.options());
    float *to = output.data_ptr<float>();
    for_heads(settings, lengths, input.data_ptr<float>(),
              [&](const Head &head) { attend(head, to); });
    return output;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 const torch::autograd::variable_list &gradients) {
    const at::Tensor input = context->get_saved_variables()[0];
    const at::Tensor given = gradients[0].contiguous();
    const int64_t heads = context->saved_data["heads"].toInt();
    const Settings settings = {heads, input.size(1) / (3 * heads),
                               context->saved_data["scale"].toDouble(),
                               context->saved_data["dropout"].toDouble(),
                               context->saved_data["key"].toInt()};
    const at::Tensor found = at::empty_like(input);
    const float *from = given.data_ptr<float>();
    float *to = found.data_ptr<float>();
    for_heads(settings, context->saved_data["lengths"].toIntVector(), input.data_ptr<float>(),
              [&](const Head &head) { differentiate(head, from, to); });
    return {found, at::Tensor(), at::Tensor()};
  }
};

void check(const at::Tensor &projected, const std::vector<int64_t> &lengths, int64_t heads,
           double scale, double dropout) {
  if (!projected.is_cpu() || projected.scalar_type() != at::kFloat || projected.dim() != 2) {
    throw Refusal("projections are a matrix of float32 on the CPU");
  }
  if (heads < 1 || projected.size(1) == 0 || projected.size(1) % (3 * heads * lanes) != 0) {
    throw Refusal("a head's queries, keys and values have a multiple of 16 numbers each");
  }
  int64_t rows = 0;
  for (const int64_t length : lengths) {
    if (length < 1) throw Refusal("a text has no token");
    rows += length;
  }
  if (rows != projected.size(0)) {
    throw Refusal("the texts have not as many tokens as there are rows");
  }
  if (!(scale > 0) || !std::isfinite(scale)) throw Refusal("the scale is above 0");
  if (!(dropout >= 0 && dropout < 1)) throw Refusal("dropout is from 0 to below 1");
}

ctorch_status packed_attention(const ctorch_tensor *projected, ctorch_sizes lengths, int64_t heads,
                               double scale, double dropout, ctorch_out y) {
  return ctorch::made(y, [&] {
    const at::Tensor &input = value(projected);
    const std::vector<int64_t> tokens = ctorch::list(lengths).vec();
    check(input, tokens, heads, scale, dropout);
    const int64_t key = dropout > 0 ? ctorch::next_key() : 0;
    return PackedAttention::apply(
        input, tokens, Settings{heads, input.size(1) / (3 * heads), scale, dropout, key});
  });
}

}  // namespace

void ctorch::fill_packed_attention(ctorch_table &table) {
  table.packed_attention = packed_attention;
}
#endif
