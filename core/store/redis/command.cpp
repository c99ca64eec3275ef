// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/command.h"

#include <array>
#include <new>

#include <hiredis/hiredis.h>

namespace cohortist {

Command::Command(const char* name, std::initializer_list<std::string_view> words)
    : m_name(name) {
    constexpr std::size_t kMostWords = 6;
    std::array<const char*, kMostWords> texts{};
    std::array<std::size_t, kMostWords> lengths{};
    std::size_t count = 0;
    for (const std::string_view word : words) {
        texts.at(count) = word.data();
        lengths.at(count) = word.size();
        ++count;
    }
    char* formatted = nullptr;
    const int size =
        redisFormatCommandArgv(&formatted, static_cast<int>(count), texts.data(), lengths.data());
    if (size < 0) {
        throw std::bad_alloc();
    }
    m_bytes.assign(formatted, static_cast<std::size_t>(size));
    redisFreeCommand(formatted);
}

Command Command::auth(std::string_view user, std::string_view password) {
    return user.empty() ? Command("AUTH", {"AUTH", password})
                        : Command("AUTH", {"AUTH", user, password});
}

Command Command::select(std::uint32_t database) {
    return {"SELECT", {"SELECT", std::to_string(database)}};
}

Command Command::clientSetName(std::string_view name) {
    return {"CLIENT SETNAME", {"CLIENT", "SETNAME", name}};
}

Command Command::info(std::string_view section) {
    return {"INFO", {"INFO", section}};
}

Command Command::ping() {
    return {"PING", {"PING"}};
}

Command Command::scan(std::uint64_t cursor, std::string_view pattern, std::uint64_t count) {
    return {"SCAN",
            {"SCAN", std::to_string(cursor), "MATCH", pattern, "COUNT", std::to_string(count)}};
}

Command Command::dbSize() {
    return {"DBSIZE", {"DBSIZE"}};
}

Command Command::get(std::string_view key) {
    return {"GET", {"GET", key}};
}

Command Command::getRange(std::string_view key, std::uint64_t first, std::uint64_t last) {
    return {"GETRANGE", {"GETRANGE", key, std::to_string(first), std::to_string(last)}};
}

Command Command::strLen(std::string_view key) {
    return {"STRLEN", {"STRLEN", key}};
}

Command Command::bitCount(std::string_view key) {
    return {"BITCOUNT", {"BITCOUNT", key}};
}

Command Command::clusterSlots() {
    return {"CLUSTER SLOTS", {"CLUSTER", "SLOTS"}};
}

Command Command::readOnly() {
    return {"READONLY", {"READONLY"}};
}

Command Command::asking() {
    return {"ASKING", {"ASKING"}};
}

} // namespace cohortist
