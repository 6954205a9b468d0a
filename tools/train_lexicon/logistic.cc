#include "train_lexicon/logistic.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace passaparola::training {
namespace {

constexpr int kMostSteps = 200;
constexpr std::size_t kMemory = 10;  // pairs of steps that L-BFGS remembers
constexpr double kEnough = 1e-5;     // relative gain of a step that ends the search

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

class Loss {
 public:
  Loss(const std::vector<Example>& examples, const std::vector<double>& pull, Classes classes)
      : examples_(examples), pull_(pull), outputs_(classes == Classes::two ? 1 : 2) {}

  double operator()(const Vector& x, Vector& gradient) const {
    double loss = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      gradient[i] = pull_[i / 2] * x[i];
      loss += 0.5 * pull_[i / 2] * x[i] * x[i];
    }
    for (const Example& example : examples_) loss += add(example, x, gradient);
    return loss;
  }

 private:
  double add(const Example& example, const Vector& x, Vector& gradient) const {
    std::array<double, 2> z{};
    for (const auto& [index, value] : *example.features) {
      z[0] += x[2 * index] * static_cast<double>(value);
      z[1] += x[2 * index + 1] * static_cast<double>(value);
    }
    const double most = std::max({0.0, z[0], z[1]});  // of an output that is not there: 0
    double sum = std::exp(-most);
    for (std::size_t k = 0; k < outputs_; ++k) sum += std::exp(z[k] - most);
    std::array<double, 2> error{};
    double own = 0;
    for (std::size_t k = 0; k < outputs_; ++k) {
      const bool is_gold = example.gold == (k == 0 ? 1 : -1);
      error[k] = (std::exp(z[k] - most) / sum - (is_gold ? 1 : 0)) * example.weight;
      if (is_gold) own = z[k];
    }
    for (const auto& [index, value] : *example.features) {
      gradient[2 * index] += error[0] * static_cast<double>(value);
      gradient[2 * index + 1] += error[1] * static_cast<double>(value);
    }
    return example.weight * (most + std::log(sum) - own);
  }

  const std::vector<Example>& examples_;
  const std::vector<double>& pull_;
  std::size_t outputs_;
};

struct Pair {
  Vector step;
  Vector change;  // of the gradient
  double inverse = 0;
};

Vector direction_of(const std::deque<Pair>& pairs, const Vector& gradient) {
  Vector q = gradient;
  std::vector<double> alphas(pairs.size());
  for (std::size_t i = pairs.size(); i-- > 0;) {
    alphas[i] = pairs[i].inverse * dot(pairs[i].step, q);
    for (std::size_t j = 0; j < q.size(); ++j) q[j] -= alphas[i] * pairs[i].change[j];
  }
  if (!pairs.empty()) {
    const Pair& last = pairs.back();
    const double scale = 1 / (last.inverse * dot(last.change, last.change));
    for (double& value : q) value *= scale;
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const double beta = pairs[i].inverse * dot(pairs[i].change, q);
    for (std::size_t j = 0; j < q.size(); ++j) q[j] += (alphas[i] - beta) * pairs[i].step[j];
  }
  for (double& value : q) value = -value;
  return q;
}

}  // namespace

FeatureWeights fit(const std::vector<Example>& examples, const std::vector<double>& pull,
                   Classes classes) {
  const Loss loss(examples, pull, classes);
  Vector x(pull.size() * 2);
  Vector gradient(x.size());
  double value = loss(x, gradient);
  std::deque<Pair> pairs;
  for (int step = 0; step < kMostSteps; ++step) {
    const Vector direction = direction_of(pairs, gradient);
    const double slope = dot(direction, gradient);
    double length = pairs.empty() ? 1 / std::sqrt(dot(gradient, gradient) + 1e-12) : 1;
    Vector next(x.size());
    Vector next_gradient(x.size());
    double next_value = 0;
    for (int tries = 0; tries < 40; ++tries, length /= 2) {
      for (std::size_t i = 0; i < x.size(); ++i) next[i] = x[i] + length * direction[i];
      next_value = loss(next, next_gradient);
      if (next_value <= value + 1e-4 * length * slope) break;
    }
    Pair pair{next, next_gradient, 0};
    for (std::size_t i = 0; i < x.size(); ++i) {
      pair.step[i] -= x[i];
      pair.change[i] -= gradient[i];
    }
    const double curvature = dot(pair.step, pair.change);
    const bool enough = value - next_value < kEnough * std::abs(value);
    x = std::move(next);
    gradient = std::move(next_gradient);
    value = next_value;
    if (enough) break;
    if (curvature <= 0) continue;
    pair.inverse = 1 / curvature;
    pairs.push_back(std::move(pair));
    if (pairs.size() > kMemory) pairs.pop_front();
  }
  FeatureWeights weights(pull.size());
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = {x[2 * i], x[2 * i + 1]};
  return weights;
}

std::array<double, 2> log_odds(const Features& features, const FeatureWeights& weights) {
  std::array<double, 2> z{};
  for (const auto& [index, value] : features) {
    z[0] += weights[index][0] * static_cast<double>(value);
    z[1] += weights[index][1] * static_cast<double>(value);
  }
  return z;
}

}  // namespace passaparola::training
