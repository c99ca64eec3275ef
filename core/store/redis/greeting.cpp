// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/greeting.h"

#include <algorithm>
#include <array>

namespace cohortist {

namespace {

constexpr std::array kTransient = {"LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN"};
constexpr std::size_t kLongestQuote = 200;

// The server's own words, in one printable line: a server may say anything.
std::string quoted(const std::string& text) {
    std::string line = text.substr(0, kLongestQuote);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
    while (!line.empty() && (line.back() == '.' || line.back() == ' ')) {
        line.pop_back();
    }
    return line;
}

Error failure(ErrorCode code, const std::string& server, Message why, Message advice,
              const char* part = "") {
    return Error{
        code, message("core", "cannot read from %1", server), std::move(why), std::move(advice), {},
        part};
}

// The value of a line "name:value" of INFO.
std::string lineOf(const std::string& info, std::string_view name) {
    std::size_t begin = 0;
    while (begin < info.size()) {
        const std::size_t end = std::min(info.find('\n', begin), info.size());
        std::string_view line = std::string_view(info).substr(begin, end - begin);
        begin = end + 1;
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':') {
            return std::string(line.substr(name.size() + 1));
        }
    }
    return {};
}

// What the server says of a password is not repeated: some name the command's words in it.
Result<void> authenticate(Connection& connection, const ServerAddress& address, Waiter& waiter) {
    if (address.password.empty() && address.user.empty()) {
        return {};
    }
    const auto reply = connection.ask(Command::auth(address.user, address.password), waiter);
    if (!reply) {
        return fail(reply.error());
    }
    if (!reply->isError()) {
        return {};
    }
    if (isTransient(*reply)) {
        return fail(errorOf(*reply, connection.serverName(), "AUTH"));
    }
    // No password is set, or the server knows none: so none is needed.
    const bool needsNone = reply->text.find("without any password") != std::string::npos ||
                           reply->text.find("no password is set") != std::string::npos ||
                           reply->text.starts_with("ERR unknown command");
    if (needsNone) {
        return {};
    }
    return fail(failure(ErrorCode::AccessDenied, connection.serverName(),
                        message("core", "the server refuses the user or the password"),
                        message("core", "Check the user in the address, and the password there "
                                        "or in COHORTIST_PASSWORD."),
                        "password"));
}

Result<void> selectDatabase(Connection& connection, const ServerAddress& address, Waiter& waiter) {
    if (address.database == 0) {
        return {};
    }
    const auto reply = connection.ask(Command::select(address.database), waiter);
    if (!reply) {
        return fail(reply.error());
    }
    if (reply->isError() &&
        (isTransient(*reply) || reply->isError("NOAUTH") || reply->isError("NOPERM"))) {
        return fail(errorOf(*reply, connection.serverName(), "SELECT"));
    }
    if (reply->isError()) {
        return fail(failure(ErrorCode::NotFound, connection.serverName(),
                            message("core", "the server has no database %1 (%2)",
                                    std::to_string(address.database), quoted(reply->text)),
                            message("core", "Leave the database out, or name another."),
                            "database"));
    }
    return {};
}

// A bare INFO is an error on bitmapist-server, and so is INFO server.
Result<bool> isBitmapistServer(Connection& connection, Waiter& waiter) {
    const auto reply = connection.ask(Command::info("keys"), waiter);
    if (!reply) {
        return fail(reply.error());
    }
    return reply->type == Reply::Type::Bulk && !lineOf(reply->text, "keys_total").empty();
}

} // namespace

std::string ServerTraits::text() const {
    const std::string known = kind == Kind::Redis             ? "Redis"
                              : kind == Kind::Valkey          ? "Valkey"
                              : kind == Kind::BitmapistServer ? "bitmapist-server"
                                                              : "Redis or alike";
    return version.empty() ? known : known + " " + version;
}

bool isTransient(const Reply& reply) {
    return reply.isError() && (std::any_of(kTransient.begin(), kTransient.end(),
                                           [&](const char* code) { return reply.isError(code); }) ||
                               reply.text.starts_with("ERR max number of clients"));
}

Error errorOf(const Reply& reply, const std::string& server, const char* asked) {
    const std::string said = quoted(reply.text);
    if (isTransient(reply)) {
        return failure(
            ErrorCode::Busy, server,
            message("core", "the server cannot answer %1 now (%2)", std::string(asked), said),
            message("core", "Try again later."));
    }
    if (reply.isError("NOAUTH")) {
        return failure(ErrorCode::AccessDenied, server,
                       message("core", "the server asks for a password"),
                       message("core", "Put it into COHORTIST_PASSWORD, or into the address as "
                                       "redis://:password@host."),
                       "password");
    }
    if (reply.isError("NOPERM")) {
        return failure(ErrorCode::AccessDenied, server,
                       message("core", "the user may not ask %1 (%2)", std::string(asked), said),
                       message("core", "Ask for a user who may: +@read +@connection ~prefix*."),
                       "user");
    }
    if (reply.isError("DENIED")) {
        return failure(ErrorCode::AccessDenied, server,
                       message("core", "the server refuses clients from elsewhere (%1)", said),
                       message("core", "Set a password for it, or connect through a tunnel."));
    }
    if (reply.isError("MOVED") || reply.isError("ASK")) {
        return failure(ErrorCode::Unsupported, server,
                       message("core", "the server is one node of a cluster"),
                       message("core", "Write redis+cluster:// instead of redis://."), "cluster");
    }
    if (!reply.isError()) {
        return failure(ErrorCode::WrongFormat, server,
                       message("core", "its answer to %1 is of a wrong kind", std::string(asked)),
                       message("core", "Check the host and the port."), "host");
    }
    return failure(ErrorCode::Unsupported, server,
                   message("core", "the server refuses %1 (%2)", std::string(asked), said),
                   message("core", "Check that it is a Redis or alike, and what stands between."));
}

Result<ServerTraits> greet(Connection& connection, const ServerAddress& address, Waiter& waiter) {
    if (auto done = authenticate(connection, address, waiter); !done) {
        return fail(std::move(done.error()));
    }
    const auto info = connection.ask(Command::info("server"), waiter);
    if (!info) {
        return fail(info.error());
    }
    ServerTraits traits;
    if (info->type == Reply::Type::Bulk) {
        const std::string valkey = lineOf(info->text, "valkey_version");
        const std::string redis = lineOf(info->text, "redis_version");
        traits.kind = !valkey.empty()  ? ServerTraits::Kind::Valkey
                      : !redis.empty() ? ServerTraits::Kind::Redis
                                       : ServerTraits::Kind::Unknown;
        traits.version = quoted(valkey.empty() ? redis : valkey);
        traits.isClusterNode = lineOf(info->text, "redis_mode") == "cluster";
    } else if (isTransient(*info) || info->isError("NOAUTH") || info->isError("DENIED")) {
        return fail(errorOf(*info, connection.serverName(), "INFO"));
    } else if (info->isError("ERR")) {
        const auto isOther = isBitmapistServer(connection, waiter);
        if (!isOther) {
            return fail(isOther.error());
        }
        traits.kind = *isOther ? ServerTraits::Kind::BitmapistServer : ServerTraits::Kind::Unknown;
    }
    if (traits.kind == ServerTraits::Kind::Unknown) {
        const auto slots = connection.ask(Command::clusterSlots(), waiter);
        if (!slots) {
            return fail(slots.error());
        }
        traits.isClusterNode = slots->type == Reply::Type::Array;
    }
    if (auto done = selectDatabase(connection, address, waiter); !done) {
        return fail(std::move(done.error()));
    }
    if (address.usesReplicas) { // primaries take it as well
        if (const auto allowed = connection.ask(Command::readOnly(), waiter); !allowed) {
            return fail(allowed.error());
        }
    }
    if (!traits.isBitmapistServer()) { // for who looks at the server's list of clients
        if (const auto named = connection.ask(Command::clientSetName("cohortist"), waiter);
            !named) {
            return fail(named.error());
        }
    }
    return traits;
}

} // namespace cohortist
