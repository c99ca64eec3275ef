// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/server_form.h"

#include <algorithm>

#include <QFileInfo>
#include <QRegularExpression>

namespace cohortist {

namespace {

constexpr std::uint16_t kPort = 6379;
constexpr QLatin1String kPrefix("?prefix=");

tl::unexpected<Error> fault(const char* field, Message why, Message advice) {
    Error error{ErrorCode::Usage, {}, std::move(why), std::move(advice), {}, {}};
    error.part = field;
    return fail(std::move(error));
}

// A name or an address of one of the two kinds, and nothing around it.
bool isHost(const std::string& text) {
    const auto colons = std::count(text.begin(), text.end(), ':');
    return text.find_first_of("/@?[] ") == std::string::npos && colons != 1;
}

} // namespace

std::optional<HostAndPort> hostAndPort(const QString& text) {
    static const QRegularExpression form(
        QStringLiteral("^(?:\\[([^\\[\\]/@? ]+)\\]|([^:\\[\\]/@? ]+)):(\\d{1,5})$"));
    const auto found = form.match(text.trimmed());
    return found.hasMatch() ? std::optional(HostAndPort{found.captured(1) + found.captured(2),
                                                        found.captured(3)})
                            : std::nullopt;
}

Result<ServerAddress> addressOf(const ServerForm& form) {
    ServerAddress address;
    const std::string place = form.host.trimmed().toStdString();
    const bool isSocket = form.kind == ServerForm::Kind::Socket;
    if (isSocket) {
        if (!place.starts_with('/')) {
            return fault("host", message("core", "there is no path of a socket"),
                         message("core", "Write one such as /run/redis/redis.sock."));
        }
        address.transport = ServerAddress::Transport::Unix;
        address.path = place;
        address.port = 0;
    } else {
        if (place.empty()) {
            return fault("host", message("core", "there is no name of a server"),
                         message("core", "Write one such as stats.example.com."));
        }
        if (!isHost(place)) {
            return fault("host", message("core", "the address is more than a server's name"),
                         message("core", "Write the name alone, such as stats.example.com, or a "
                                         "whole redis:// address."));
        }
        bool isNumber = false;
        const QString port = form.port.trimmed();
        address.host = place;
        address.port = port.isEmpty() ? kPort : port.toUShort(&isNumber);
        if (address.port == 0 || (!port.isEmpty() && !isNumber)) {
            return fault("port", message("core", "the port is no number of 1 to 65535"),
                         message("core", "Redis has 6379 if nobody changed it."));
        }
    }
    if (form.isTls && !isSocket) {
        address.transport = ServerAddress::Transport::Tls;
        address.caFile = form.caFile.trimmed().toStdString();
        address.certificateFile = form.certificateFile.trimmed().toStdString();
        address.keyFile = form.keyFile.trimmed().toStdString();
    }
    address.isCluster = form.kind == ServerForm::Kind::Cluster;
    address.usesReplicas = address.isCluster && form.usesReplicas;
    if (const QString database = form.database.trimmed();
        !address.isCluster && !database.isEmpty()) {
        bool isNumber = false;
        address.database = database.toUInt(&isNumber);
        if (!isNumber) {
            return fault("database", message("core", "the database is no number"),
                         message("core", "Most servers keep everything in 0."));
        }
    }
    address.user = form.user.trimmed().toStdString();
    address.password = form.password.toStdString();
    address.prefix = form.prefix;
    return address;
}

ServerForm formOf(const ServerAddress& address) {
    ServerForm form;
    const bool isSocket = address.transport == ServerAddress::Transport::Unix;
    form.kind = isSocket            ? ServerForm::Kind::Socket
                : address.isCluster ? ServerForm::Kind::Cluster
                                    : ServerForm::Kind::Server;
    form.host = QString::fromStdString(isSocket ? address.path : address.host);
    form.port = QString::number(isSocket ? kPort : address.port);
    form.isTls = address.transport == ServerAddress::Transport::Tls;
    form.caFile = QString::fromStdString(address.caFile);
    form.certificateFile = QString::fromStdString(address.certificateFile);
    form.keyFile = QString::fromStdString(address.keyFile);
    form.user = QString::fromStdString(address.user);
    form.password = QString::fromStdString(address.password);
    form.database = QString::number(address.database);
    form.usesReplicas = address.usesReplicas;
    form.prefix = address.prefix;
    return form;
}

bool isServer(const QString& source) {
    return isServerAddress(source.toStdString());
}

std::optional<QString> withoutPassword(const QString& source) {
    if (!isServer(source)) {
        return source;
    }
    const auto address = parseServerAddress(source.toStdString());
    return address ? std::optional(QString::fromStdString(address->text())) : std::nullopt;
}

QString fileOf(const QString& source) {
    return source.left(source.lastIndexOf(kPrefix));
}

QString withPrefix(const QString& file, const std::string& prefix) {
    return file + kPrefix +
           QString::fromLatin1(QByteArray::fromStdString(prefix).toPercentEncoding());
}

QString titleOf(const QString& source) {
    if (!isServer(source)) {
        const QString file = fileOf(source);
        const QString name = QFileInfo(file).fileName();
        return file == source ? name
                              : QStringLiteral("%1 · %2").arg(
                                    name, QString::fromUtf8(QByteArray::fromPercentEncoding(
                                              source.mid(file.size() + kPrefix.size()).toUtf8())));
    }
    const auto address = parseServerAddress(source.toStdString());
    if (!address) {
        return QString();
    }
    QString title = QString::fromStdString(address->host);
    if (address->transport == ServerAddress::Transport::Unix) {
        title = QFileInfo(QString::fromStdString(address->path)).fileName();
    } else if (address->port != kPort) {
        title = title.contains(QLatin1Char(':')) ? QStringLiteral("[%1]").arg(title) : title;
        title += QLatin1Char(':') + QString::number(address->port);
    }
    return address->database == 0 ? title
                                  : title + QLatin1Char('/') + QString::number(address->database);
}

} // namespace cohortist
