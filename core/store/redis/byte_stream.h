// SPDX-License-Identifier: GPL-3.0-or-later
// A connected socket that never blocks, plain or under TLS. Names are looked up aside, so that a
// slow name server holds up nobody past the deadline. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/base/error.h"
#include "core/store/redis/server_address.h"
#include "core/store/redis/waiter.h"

namespace cohortist {

class ByteStream {
public:
    enum class State : std::uint8_t {
        Done,
        Again, // nothing now; wait for `events()`
        Closed,
        Failed // see error()
    };
    struct Moved {
        State state = State::Done;
        std::size_t bytes = 0;
    };

    virtual ~ByteStream() = default;
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;

    [[nodiscard]] virtual Moved read(char* data, std::size_t size) = 0;
    [[nodiscard]] virtual Moved write(std::string_view bytes) = 0;
    [[nodiscard]] virtual int descriptor() const = 0;
    // What Again waits for, when it is not for bytes to read: TLS has words of its own.
    [[nodiscard]] virtual bool wantsToWrite() const { return false; }
    [[nodiscard]] virtual std::string error() const = 0; // of the last call that failed

protected:
    ByteStream() = default;
};

// Error codes NotFound (no such name, nobody listens), AccessDenied, TimedOut, Cancelled.
[[nodiscard]] Result<std::unique_ptr<ByteStream>> connectTo(const ServerAddress& address,
                                                            Deadline deadline, Waiter& waiter);

} // namespace cohortist
