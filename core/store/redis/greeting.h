// SPDX-License-Identifier: GPL-3.0-or-later
// The first words on a connection: password, database, and what kind of server this is, found out
// by asking. Every question but the password and the database may be refused, and the connection
// is made all the same. Pure functions over a Connection.
#pragma once

#include <cstdint>
#include <string>

#include "core/store/redis/connection.h"

namespace cohortist {

struct ServerTraits {
    enum class Kind : std::uint8_t { Redis, Valkey, BitmapistServer, Unknown };
    Kind kind = Kind::Unknown; // Unknown: treated like Redis
    std::string version;
    bool isClusterNode = false;

    [[nodiscard]] bool isBitmapistServer() const { return kind == Kind::BitmapistServer; }
    // "Redis 7.0.15", "bitmapist-server", "Redis or alike".
    [[nodiscard]] std::string text() const;
};

// Whether the server says that it cannot answer now and may later: LOADING, BUSY, too many clients.
[[nodiscard]] bool isTransient(const Reply& reply);
// What an error reply to a question that had to be answered means. asked: the command's name.
[[nodiscard]] Error errorOf(const Reply& reply, const std::string& server, const char* asked);

// Error codes AccessDenied, NotFound (no such database), Busy, and those of Connection::receive.
[[nodiscard]] Result<ServerTraits> greet(Connection& connection, const ServerAddress& address,
                                         Waiter& waiter);

} // namespace cohortist
