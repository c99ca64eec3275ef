// SPDX-License-Identifier: GPL-3.0-or-later
// What a long computation is handed: whether it should stop, and where to say how far it is.
// Cheap to copy; every member may be called from any thread. A default-made context never stops
// and reports to nobody.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <utility>

namespace cohortist {

struct Progress {
    enum class Unit : std::uint8_t { Steps, Bytes, Users, Keys }; // steps: of no certain size
    std::uint64_t done = 0;
    std::uint64_t total = 0; // 0: not known
    Unit unit = Unit::Steps;
};

class JobContext {
public:
    using Reporter = std::function<void(Progress)>; // called from any thread; must return at once

    JobContext() = default;
    explicit JobContext(std::stop_token stop, Reporter reporter = {})
        : m_stop(std::move(stop))
        , m_reporter(reporter ? std::make_shared<const Reporter>(std::move(reporter)) : nullptr) {}

    [[nodiscard]] bool isCancelled() const { return m_stop.stop_requested(); }
    [[nodiscard]] const std::stop_token& stopToken() const { return m_stop; }
    void report(Progress progress) const {
        if (m_reporter) {
            (*m_reporter)(progress);
        }
    }

private:
    std::stop_token m_stop;
    std::shared_ptr<const Reporter> m_reporter;
};

} // namespace cohortist
