// SPDX-License-Identifier: GPL-3.0-or-later
// Writes on a thread of its own what another thread makes, so that making and writing overlap.
// Bytes reach the sink in their order, at most one block ahead. The first failure of the sink is
// told by the next call, and nothing is written after it. The sink is called by one thread at a
// time, never after finish() or the destructor returned. One thread at a time.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "core/export/users_csv.h"

namespace cohortist {

class WriteBehind {
public:
    explicit WriteBehind(ByteSink sink);
    ~WriteBehind(); // without finish(): the block that waits may be left unwritten
    WriteBehind(const WriteBehind&) = delete;
    WriteBehind& operator=(const WriteBehind&) = delete;

    // Copies the bytes; waits while the block before is being written.
    [[nodiscard]] Result<void> write(std::string_view bytes);
    // Waits until all is written.
    [[nodiscard]] Result<void> finish();

private:
    void run(const std::stop_token& stop);

    const ByteSink m_sink;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::string m_block; // belongs to the thread while m_isWaiting
    bool m_isWaiting = false;
    Result<void> m_result;
    std::jthread m_thread; // the last, so that the others outlive it
};

} // namespace cohortist
