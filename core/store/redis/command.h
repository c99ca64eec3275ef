// SPDX-License-Identifier: GPL-3.0-or-later
// The commands that may be sent to a server, all of them: none of them writes. A Command can be
// made by the functions below alone and a Connection takes nothing else, so that whatever else is
// asked of a server does not compile. A value; the password of AUTH lies in its bytes, so these are
// for the socket alone and name() is for messages.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace cohortist {

class Command {
public:
    // Greeting.
    [[nodiscard]] static Command auth(std::string_view user, std::string_view password);
    [[nodiscard]] static Command select(std::uint32_t database);
    [[nodiscard]] static Command clientSetName(std::string_view name);
    [[nodiscard]] static Command info(std::string_view section);
    [[nodiscard]] static Command ping();
    // Keys. The pattern is the server's: Redis' own globs, Go's filepath.Match.
    [[nodiscard]] static Command scan(std::uint64_t cursor, std::string_view pattern,
                                      std::uint64_t count);
    [[nodiscard]] static Command dbSize();
    // Values. The range of GETRANGE is closed, in bytes.
    [[nodiscard]] static Command get(std::string_view key);
    [[nodiscard]] static Command getRange(std::string_view key, std::uint64_t first,
                                          std::uint64_t last);
    [[nodiscard]] static Command strLen(std::string_view key);
    [[nodiscard]] static Command bitCount(std::string_view key);
    // Cluster.
    [[nodiscard]] static Command clusterSlots();
    [[nodiscard]] static Command readOnly();
    [[nodiscard]] static Command asking();

    [[nodiscard]] const char* name() const { return m_name; } // "CLIENT SETNAME"
    [[nodiscard]] const std::string& bytes() const { return m_bytes; }

private:
    Command(const char* name, std::initializer_list<std::string_view> words);

    const char* m_name;
    std::string m_bytes; // as they are sent
};

} // namespace cohortist
