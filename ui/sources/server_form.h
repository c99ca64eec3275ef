// SPDX-License-Identifier: GPL-3.0-or-later
// What the connect dialog's fields hold, as a value, and its way to an address and back: whatever
// an address says stands in a field, and the fields make the same address again. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <QString>

#include "core/store/redis/server_address.h"

namespace cohortist {

struct ServerForm {
    enum class Kind : std::uint8_t { Server, Cluster, Socket }; // as the dialog lists them

    Kind kind = Kind::Server;
    QString host; // of a Socket its path
    QString port = QStringLiteral("6379");
    bool isTls = false;
    QString caFile;
    QString certificateFile;
    QString keyFile;
    QString user;
    QString password;
    QString database = QStringLiteral("0");
    bool usesReplicas = false;         // of a Cluster
    std::optional<std::string> prefix; // nothing: to be found out

    bool operator==(const ServerForm&) const = default;
};

// Error code Usage; its part names the field: "host", "port", "database". Never repeats a password.
[[nodiscard]] Result<ServerAddress> addressOf(const ServerForm& form);
[[nodiscard]] ServerForm formOf(const ServerAddress& address);

struct HostAndPort {
    QString host;
    QString port;
};
// Of stats.example.com:6380 or [::1]:6380 its parts; nothing where there are no such two.
[[nodiscard]] std::optional<HostAndPort> hostAndPort(const QString& text);

// A source as it may be kept and shown: of a server without its password, of a file as it is.
// Nothing where the text of a server cannot be read.
[[nodiscard]] std::optional<QString> withoutPassword(const QString& source);
// Of a file that is opened with one of its prefixes (copy.db?prefix=app_) the file and the prefix.
[[nodiscard]] QString fileOf(const QString& source);
[[nodiscard]] QString withPrefix(const QString& file, const std::string& prefix);
// What the window calls a source: a file's name; copy.db · app_; stats.example.com:6380/2.
[[nodiscard]] QString titleOf(const QString& source);
[[nodiscard]] bool isServer(const QString& source);

} // namespace cohortist
