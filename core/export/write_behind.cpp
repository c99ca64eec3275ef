// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/write_behind.h"

namespace cohortist {

WriteBehind::WriteBehind(ByteSink sink)
    : m_sink(std::move(sink))
    , m_thread([this](const std::stop_token& stop) { run(stop); }) {}

WriteBehind::~WriteBehind() = default;

void WriteBehind::run(const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, stop, [&] { return m_isWaiting; })) {
        lock.unlock();
        Result<void> result = m_sink(m_block);
        lock.lock();
        m_result = std::move(result);
        m_isWaiting = false;
        m_changed.notify_all();
        if (!m_result) {
            return;
        }
    }
}

Result<void> WriteBehind::write(std::string_view bytes) {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return !m_isWaiting; });
    if (!m_result) {
        return m_result;
    }
    m_block.assign(bytes);
    m_isWaiting = true;
    m_changed.notify_all();
    return {};
}

Result<void> WriteBehind::finish() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return !m_isWaiting; });
    return m_result;
}

} // namespace cohortist
