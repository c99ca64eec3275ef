// SPDX-License-Identifier: GPL-3.0-or-later
// A script for FakeServer that answers as bitmapist-server does: its few commands, its errors, and
// Go's filepath.Match, whose star stops at a slash. tests/data/bitmapist_server/transcript.jsonl is
// what the real one answered; a test holds this against it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/fake_server.h"

namespace cohortist::test {

class BitmapistStandIn {
public:
    explicit BitmapistStandIn(std::map<std::string, std::string> data = {})
        : m_data(std::move(data)) {}

    [[nodiscard]] FakeReply answer(const Words& words);
    [[nodiscard]] FakeServer::Script script(); // while this lives

private:
    [[nodiscard]] std::string reply(const std::string& name, const Words& words);
    [[nodiscard]] std::string keyReply(const std::string& name, const Words& words);
    [[nodiscard]] std::string keys(const std::string& pattern) const; // an array, or an error

    std::map<std::string, std::string> m_data;
    std::map<std::string, long long> m_expiry; // seconds
    std::vector<std::string> m_queued;         // replies of what came after MULTI
    bool m_isQueuing = false;
};

// Go's filepath.Match; nothing for a pattern that is malformed.
[[nodiscard]] std::optional<bool> goMatch(std::string_view pattern, std::string_view name);

} // namespace cohortist::test
