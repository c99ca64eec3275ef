// SPDX-License-Identifier: GPL-3.0-or-later
// Where a server is and how it is met, as a value read from a source's text:
// redis://[user[:password]@]host[:port][/db][?prefix=trackist_], rediss://… over TLS (with
// ca=, cert= and key=, names of PEM files),
// redis+unix:///path.sock[?db=2], redis+cluster://host:port[?replicas=yes]. Parts may be
// percent-encoded. What is printed or named in an error never holds the password, however broken
// the text was. An error that a part of the address may mend names it in Error::part: "host",
// "port", "user", "password", "database", "tls", "ca", "certificate", "key", "cluster", "prefix",
// or "prefixes" where there are several to choose from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace cohortist {

struct ServerAddress {
    enum class Transport : std::uint8_t { Tcp, Tls, Unix };

    Transport transport = Transport::Tcp;
    bool isCluster = false;
    bool usesReplicas = false; // of a cluster, where there are any; they may lag behind
    std::string host;          // without brackets; empty for Unix
    std::uint16_t port = 6379;
    std::string path; // of the socket, for Unix
    std::string user;
    std::string password;
    std::uint32_t database = 0;
    std::optional<std::string> prefix; // nothing: to be found out
    // PEM files for TLS; without a CA the system's are trusted, without a key it is in the
    // certificate's file.
    std::string caFile;
    std::string certificateFile;
    std::string keyFile;

    // As messages name it: redis://host:6379/2.
    [[nodiscard]] std::string name() const;
    // As the user may keep it: with user and prefix, without the password. Reads back.
    [[nodiscard]] std::string text() const;
    bool operator==(const ServerAddress&) const = default;
};

// Nothing where a % encodes nothing.
[[nodiscard]] std::optional<std::string> percentDecoded(std::string_view text);
// Whether the source's scheme is one of a server.
[[nodiscard]] bool isServerAddress(std::string_view source);
// Error code Usage. No part of the text that could be a password is repeated in the error.
[[nodiscard]] Result<ServerAddress> parseServerAddress(std::string_view source);

} // namespace cohortist
