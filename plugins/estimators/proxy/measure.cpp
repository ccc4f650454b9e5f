#include "plugins/estimators/proxy/measure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "plugins/estimators/proxy/activation_codes.hpp"
#include "plugins/estimators/proxy/jacobian.hpp"
#include "plugins/estimators/proxy/networks.hpp"
#include "plugins/estimators/proxy/synflow.hpp"

namespace nas::proxy {
namespace {

const std::vector<std::pair<Proxy, std::string>>& names() {
  static const std::vector<std::pair<Proxy, std::string>> all = {
      {Proxy::grad_norm, "grad_norm"}, {Proxy::snip, "snip"},
      {Proxy::grasp, "grasp"},         {Proxy::fisher, "fisher"},
      {Proxy::jacob_cov, "jacob_cov"}, {Proxy::naswot, "naswot"},
      {Proxy::synflow, "synflow"},     {Proxy::zen, "zen"},
      {Proxy::l2_norm, "l2_norm"},     {Proxy::params, "params"},
      {Proxy::macs, "macs"},           {Proxy::vote, "vote"}};
  return all;
}

Proxy proxy_of(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& [proxy, its_name] : names()) {
    if (its_name == name) return proxy;
    known.push_back(its_name);
  }
  throw Error(ErrorKind::config,
              fmt::format("unknown proxy '{}'{}", name, suggestion(name, known)));
}

/// Leaves a measurement from within.
struct Cancelled {};

/// Measures of one network, one after the other.
class Measures {
 public:
  /// All arguments must outlive it.
  Measures(const Architecture& architecture, const Proxies& wanted, const MeasureSettings& settings,
           std::uint64_t seed, const CancelToken& cancel)
      : network_(without(architecture, {OpKind::dropout, OpKind::drop_path})),
        wanted_(wanted),
        settings_(settings),
        seed_(seed),
        check_([&cancel] {
          if (cancel.now()) throw Cancelled{};
        }) {
    store_.prepare(network_, derive_seed(seed, "weights"));
  }

  /// Whether it was not cancelled before the end.
  bool run(const std::function<void(double)>& progress) {
    const auto all = steps();
    try {
      for (std::size_t i = 0; i < all.size(); ++i) {
        check_();
        all[i]();
        if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(all.size()));
      }
      return true;
    } catch (const Cancelled&) {
      return false;
    }
  }

  /// The most that one program takes.
  std::size_t planned_bytes() const {
    std::size_t most = 0;
    if (wants_gradients()) {
      most = GradientPass::planned_bytes(network_, settings_.batch.size(), pass_settings());
    }
    if (wanted_.contains(Proxy::naswot)) {
      const std::size_t image = settings_.batch.images.size() / settings_.batch.labels.size();
      const std::size_t count = settings_.naswot_images.size() / image;
      most = std::max(most, naswot_bytes(network_, static_cast<std::int64_t>(count)));
    }
    if (wanted_.contains(Proxy::zen)) {
      most = std::max(most, Zen::planned_bytes(network_, settings_.zen.batch));
    }
    return most;
  }

  Scores take() { return std::move(scores_); }

 private:
  /// Each of them leaves the weights as they were but for the last.
  std::vector<std::function<void()>> steps() {
    std::vector<std::function<void()>> result;
    const auto add = [&](std::initializer_list<Proxy> proxies, auto step) {
      if (wants_any(proxies)) result.emplace_back(step);
    };
    add({Proxy::params, Proxy::macs}, [this] { count(); });
    add({Proxy::l2_norm}, [this] { put(Proxy::l2_norm, l2_norm(network_, store_)); });
    add({Proxy::synflow}, [this] { put(Proxy::synflow, log_synflow(network_, store_)); });
    add({Proxy::naswot},
        [this] { put(Proxy::naswot, naswot(network_, store_, settings_.naswot_images)); });
    add({Proxy::grad_norm, Proxy::snip, Proxy::fisher, Proxy::jacob_cov}, [this] { gradients(); });
    add({Proxy::grasp},
        [this] { put(Proxy::grasp, grasp(network_, store_, settings_.batch, check_)); });
    add({Proxy::zen}, [this] {
      Zen zen(network_, store_, settings_.zen);
      put(Proxy::zen, zen.score(derive_seed(seed_, "zen"), check_));
    });
    return result;
  }

  bool wants_any(std::initializer_list<Proxy> proxies) const {
    return std::ranges::any_of(proxies, [this](Proxy proxy) { return wanted_.contains(proxy); });
  }
  bool wants_gradients() const {
    return wants_any({Proxy::grad_norm, Proxy::snip, Proxy::fisher, Proxy::jacob_cov});
  }
  GradientPass::Wanted pass_settings() const {
    return {.activations = wanted_.contains(Proxy::fisher),
            .jacobian = wanted_.contains(Proxy::jacob_cov)};
  }
  void put(Proxy proxy, double value) {
    if (wanted_.contains(proxy)) scores_[proxy] = value;
  }

  void count() {
    const Cost counted = cost(network_);
    put(Proxy::params, static_cast<double>(counted.params));
    put(Proxy::macs, static_cast<double>(counted.macs));
  }

  void gradients() {
    GradientPass pass(network_, store_, settings_.batch, pass_settings());
    if (wants_any({Proxy::grad_norm, Proxy::snip, Proxy::fisher})) {
      pass.run();
      put(Proxy::grad_norm, pass.grad_norm());
      put(Proxy::snip, pass.snip());
      if (wanted_.contains(Proxy::fisher)) put(Proxy::fisher, pass.fisher());
    }
    if (wanted_.contains(Proxy::jacob_cov)) {
      put(Proxy::jacob_cov, jacob_cov(pass.jacobian(), settings_.batch.size()));
    }
  }

  const Architecture network_;
  const Proxies& wanted_;
  const MeasureSettings& settings_;
  const std::uint64_t seed_;
  const std::function<void()> check_;
  ParameterStore store_;
  Scores scores_;
};

}  // namespace

const std::string& name_of(Proxy proxy) {
  return std::ranges::find(names(), proxy, &std::pair<Proxy, std::string>::first)->second;
}

std::vector<Proxy> parse_proxies(const std::string& text) {
  std::vector<Proxy> result;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string name = text.substr(begin, end - begin);
    std::erase(name, ' ');
    const Proxy proxy = proxy_of(name);
    if (std::ranges::find(result, proxy) != result.end()) {
      throw Error(ErrorKind::config, fmt::format("the proxy '{}' is named twice", name));
    }
    result.push_back(proxy);
    begin = end + 1;
  }
  return result;
}

Outcome measure(const Architecture& architecture, const Proxies& wanted,
                const MeasureSettings& settings, std::uint64_t seed, const CancelToken& cancel,
                const std::function<void(double)>& progress) {
  Measures measures(architecture, wanted, settings, seed, cancel);
  if (settings.memory_limit > 0) {
    const std::size_t bytes = measures.planned_bytes();
    if (bytes > settings.memory_limit) {
      return {.scores = {},
              .failure = fmt::format("measuring would take {}, over the limit of {}",
                                     human_bytes(static_cast<double>(bytes)),
                                     human_bytes(static_cast<double>(settings.memory_limit)))};
    }
  }
  if (!measures.run(progress)) return {.scores = {}, .cancelled = true, .failure = {}};
  return {.scores = measures.take(), .failure = {}};
}

double l2_norm(const Architecture& architecture, const ParameterStore& store) {
  double sum = 0;
  for (const auto& [name, runs] : layer_weights(architecture)) {
    double squares = 0;
    for_elements(runs, store.at(name).value.values(),
                 [&](std::size_t, double value) { squares += value * value; });
    sum += std::sqrt(squares);
  }
  return sum;
}

}  // namespace nas::proxy
