// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/server_address.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace cohortist {

namespace {

struct Scheme {
    std::string_view text;
    ServerAddress::Transport transport;
    bool isCluster;
};
constexpr std::array kSchemes = {
    Scheme{"redis://", ServerAddress::Transport::Tcp, false},
    Scheme{"rediss://", ServerAddress::Transport::Tls, false},
    Scheme{"redis+unix://", ServerAddress::Transport::Unix, false},
    Scheme{"redis+cluster://", ServerAddress::Transport::Tcp, true},
    Scheme{"rediss+cluster://", ServerAddress::Transport::Tls, true},
};
constexpr std::uint16_t kPort = 6379;

const Scheme* schemeOf(std::string_view source) {
    const auto* const found =
        std::find_if(kSchemes.begin(), kSchemes.end(),
                     [&](const Scheme& scheme) { return source.starts_with(scheme.text); });
    return found == kSchemes.end() ? nullptr : found;
}

bool mayBePort(std::string_view text) {
    constexpr std::size_t kMostDigits = 5;
    return text.size() <= kMostDigits &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

// What stands before the last @ may be a password, and so may what follows a question mark or
// stands in place of the port: a host may have been forgotten.
std::string withoutSecrets(std::string_view source) {
    const std::size_t mark = source.find("://");
    const std::size_t scheme = mark == std::string_view::npos ? 0 : mark + 3;
    const std::size_t at = source.rfind('@');
    const bool hasUser = at != std::string_view::npos && at >= scheme;
    std::string_view rest = source.substr(hasUser ? at : scheme);
    rest = rest.substr(0, rest.find('?'));
    const std::size_t colon = rest.starts_with('[') ? std::string_view::npos : rest.find(':');
    const bool hidesPort = colon != std::string_view::npos &&
                           !mayBePort(rest.substr(colon + 1, rest.find('/', colon) - colon - 1));
    return std::string(source.substr(0, scheme)) + (hasUser ? "…" : "") +
           (hidesPort ? std::string(rest.substr(0, colon + 1)) + "…" : std::string(rest));
}

Message hostAdvice() {
    return message("core", "Write redis://host:6379. In a password, write @ as %40, : as %3A, / as "
                           "%2F and ? as %3F.");
}

tl::unexpected<Error> unreadable(std::string_view source, Message why, Message advice) {
    return fail(Error{ErrorCode::Usage,
                      message("core", "cannot open %1", withoutSecrets(source)),
                      std::move(why),
                      std::move(advice),
                      {},
                      {}});
}

int hexDigit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string encoded(std::string_view text, std::string_view alsoPlain = {}) {
    std::string result;
    for (const char c : text) {
        const bool isPlain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                             (c >= 'A' && c <= 'Z') ||
                             std::string_view("-._~").find(c) != std::string_view::npos ||
                             alsoPlain.find(c) != std::string_view::npos;
        result +=
            isPlain ? std::string(1, c)
                    : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return result;
}

template <typename Number>
std::optional<Number> numberOf(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && !text.empty()
               ? std::optional(number)
               : std::nullopt;
}

class AddressParser {
public:
    explicit AddressParser(std::string_view source)
        : m_source(source) {}

    Result<ServerAddress> parse() {
        const Scheme* scheme = schemeOf(m_source);
        if (scheme == nullptr) {
            return unreadable(m_source, message("core", "its scheme is unknown"),
                              message("core", "Write redis://, rediss://, redis+unix:// or "
                                              "redis+cluster://."));
        }
        m_address.transport = scheme->transport;
        m_address.isCluster = scheme->isCluster;
        std::string_view rest = m_source.substr(scheme->text.size());
        const std::size_t question = rest.find('?', passwordEnd(rest));
        std::string_view parameters;
        if (question != std::string_view::npos) {
            parameters = rest.substr(question + 1);
            rest = rest.substr(0, question);
        }
        if (auto done = takeUser(rest); !done) {
            return fail(std::move(done.error()));
        }
        auto place =
            m_address.transport == ServerAddress::Transport::Unix ? takePath(rest) : takeHost(rest);
        if (!place) {
            return fail(std::move(place.error()));
        }
        if (auto done = takeParameters(parameters); !done) {
            return fail(std::move(done.error()));
        }
        return m_address;
    }

private:
    // Behind the @ of the user, if there is one: a path or a prefix may hold an @ too.
    static std::size_t passwordEnd(std::string_view rest) {
        const std::size_t end = rest.find_first_of("/?");
        const std::size_t at = rest.substr(0, end).rfind('@');
        return at == std::string_view::npos ? 0 : at + 1;
    }

    Result<void> takeUser(std::string_view& rest) {
        const std::size_t begin = passwordEnd(rest);
        if (begin == 0) {
            return {};
        }
        const std::string_view both = rest.substr(0, begin - 1);
        rest.remove_prefix(begin);
        const std::size_t colon = both.find(':');
        const auto user = percentDecoded(both.substr(0, colon));
        const auto password = percentDecoded(
            colon == std::string_view::npos ? std::string_view() : both.substr(colon + 1));
        if (!user || !password) {
            return unreadable(m_source,
                              message("core", "the user or the password holds a % that encodes "
                                              "nothing"),
                              message("core", "Write a % itself as %25."));
        }
        m_address.user = *user;
        m_address.password = *password;
        return {};
    }

    Result<void> takePath(std::string_view rest) {
        const auto path = percentDecoded(rest);
        if (!path || path->empty() || path->front() != '/') {
            return unreadable(m_source, message("core", "there is no path of a socket in it"),
                              message("core", "Write redis+unix:///path/to/redis.sock."));
        }
        m_address.path = *path;
        m_address.port = 0;
        return {};
    }

    Result<void> takeHost(std::string_view rest) {
        const std::size_t slash = rest.find('/');
        std::string_view host = rest.substr(0, slash);
        const std::string_view database =
            slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
        std::string_view port;
        if (host.starts_with('[')) {
            const std::size_t end = host.find(']');
            if (end == std::string_view::npos || (end + 1 < host.size() && host[end + 1] != ':')) {
                return unreadable(m_source, message("core", "its host is no address in brackets"),
                                  message("core", "Write redis://[::1]:6379."));
            }
            port = end + 1 < host.size() ? host.substr(end + 2) : port;
            host = host.substr(1, end - 1);
        } else if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
            port = host.substr(colon + 1);
            host = host.substr(0, colon);
        }
        if (host.empty()) {
            return unreadable(m_source, message("core", "there is no host in it"), hostAdvice());
        }
        m_address.host = host;
        if (!port.empty()) {
            const auto number = numberOf<std::uint16_t>(port);
            if (!number || *number == 0) {
                return unreadable(m_source, message("core", "its port is no number of 1 to 65535"),
                                  hostAdvice());
            }
            m_address.port = *number;
        }
        return database.empty() ? Result<void>() : takeDatabase(database);
    }

    Result<void> takeDatabase(std::string_view text) {
        const auto number = numberOf<std::uint32_t>(text);
        if (!number) {
            return unreadable(m_source, message("core", "its database is no number"),
                              message("core", "Write redis://host:6379/2."));
        }
        if (m_address.isCluster && *number != 0) {
            return unreadable(m_source, message("core", "a cluster has no database but 0"),
                              message("core", "Leave the database out."));
        }
        m_address.database = *number;
        return {};
    }

    Result<void> takeParameters(std::string_view parameters) {
        while (!parameters.empty()) {
            const std::size_t end = parameters.find('&');
            const std::string_view part = parameters.substr(0, end);
            parameters =
                end == std::string_view::npos ? std::string_view() : parameters.substr(end + 1);
            const std::size_t equals = part.find('=');
            const std::string_view name = part.substr(0, equals);
            const auto value =
                percentDecoded(equals == std::string_view::npos ? "" : part.substr(equals + 1));
            if (name == "prefix" && value) {
                m_address.prefix = *value;
            } else if (name == "db" && value &&
                       m_address.transport == ServerAddress::Transport::Unix) {
                if (auto done = takeDatabase(*value); !done) {
                    return done;
                }
            } else if (name == "replicas" && m_address.isCluster &&
                       (value == "yes" || value == "no")) {
                m_address.usesReplicas = value == "yes";
            } else if (std::string* file = fileOf(name); file != nullptr && value) {
                *file = *value;
            } else {
                return unreadable(
                    m_source, message("core", "what follows the question mark cannot be read"),
                    message("core", "It may be prefix=, over TLS ca=, cert= and key=, for a socket "
                                    "db=, for a cluster replicas=yes, with & between. In a value, "
                                    "write % as %25 and & as %26."));
            }
        }
        return {};
    }

    std::string* fileOf(std::string_view parameter) {
        if (m_address.transport != ServerAddress::Transport::Tls) {
            return nullptr;
        }
        return parameter == "ca"     ? &m_address.caFile
               : parameter == "cert" ? &m_address.certificateFile
               : parameter == "key"  ? &m_address.keyFile
                                     : nullptr;
    }

    std::string_view m_source;
    ServerAddress m_address;
};

std::string_view schemeText(const ServerAddress& address) {
    const auto* const found =
        std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Scheme& scheme) {
            return scheme.transport == address.transport && scheme.isCluster == address.isCluster;
        });
    return found == kSchemes.end() ? kSchemes.front().text : found->text;
}

std::string place(const ServerAddress& address, bool isPortTold) {
    if (address.transport == ServerAddress::Transport::Unix) {
        return encoded(address.path, "/");
    }
    const bool isBracketed = address.host.find(':') != std::string::npos;
    std::string text = isBracketed ? "[" + address.host + "]" : address.host;
    if (isPortTold || address.port != kPort) {
        text += fmt::format(":{}", address.port);
    }
    return address.database == 0 ? text : text + fmt::format("/{}", address.database);
}

} // namespace

std::string ServerAddress::name() const {
    const bool isUnix = transport == Transport::Unix;
    return std::string(schemeText(*this)) + place(*this, true) +
           (isUnix && database != 0 ? fmt::format("?db={}", database) : "");
}

std::string ServerAddress::text() const {
    std::string result(schemeText(*this));
    result += user.empty() ? "" : encoded(user) + "@";
    result += place(*this, false);
    std::string parameters;
    const auto add = [&](const char* name, const std::string& value, std::string_view alsoPlain) {
        parameters +=
            (parameters.empty() ? "?" : "&") + std::string(name) + "=" + encoded(value, alsoPlain);
    };
    if (transport == Transport::Unix && database != 0) {
        add("db", std::to_string(database), {});
    }
    if (prefix) {
        add("prefix", *prefix, {});
    }
    if (usesReplicas) {
        add("replicas", "yes", {});
    }
    for (const auto& [name, file] : {std::pair("ca", &caFile), std::pair("cert", &certificateFile),
                                     std::pair("key", &keyFile)}) {
        if (!file->empty()) {
            add(name, *file, "/");
        }
    }
    return result + parameters;
}

std::optional<std::string> percentDecoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hexDigit(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        result += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return result;
}

bool isServerAddress(std::string_view source) {
    return schemeOf(source) != nullptr;
}

Result<ServerAddress> parseServerAddress(std::string_view source) {
    return AddressParser(source).parse();
}

} // namespace cohortist
