// SPDX-License-Identifier: GPL-3.0-or-later
// TLS over a connected stream, by OpenSSL: the server's certificate has to be trusted and to name
// the host that was asked for; there is no way to do without. Only this pair includes OpenSSL. One
// thread at a time.
#pragma once

#include "core/store/redis/byte_stream.h"

namespace cohortist {

// Shakes hands within the deadline. Error codes AccessDenied (certificates), WrongFormat (no TLS
// there), TimedOut, Lost, NotFound (a file of the address), Cancelled.
[[nodiscard]] Result<std::unique_ptr<ByteStream>> startTls(const ServerAddress& address,
                                                           std::unique_ptr<ByteStream> plain,
                                                           Deadline deadline, Waiter& waiter);

} // namespace cohortist
