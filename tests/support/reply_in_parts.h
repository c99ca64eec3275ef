// SPDX-License-Identifier: GPL-3.0-or-later
// Reads one reply as a Connection does, with its bytes coming in parts of a size. Pure.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "core/store/redis/reply.h"

namespace cohortist::test {

inline constexpr std::uint64_t kReplyBudget = 1U << 20U;

struct ReplyOutcome {
    std::optional<Reply> reply;
    std::string streamed;
    ReplyFrames::Fault fault = ReplyFrames::Fault::None;
    std::size_t consumed = 0;
};

// As Connection does, with the bytes coming in parts of this size.
[[nodiscard]] inline ReplyOutcome readInParts(const std::string& bytes, std::size_t step,
                                              bool isStreamed = false,
                                              std::uint64_t budget = kReplyBudget) {
    ReplyFrames frames;
    ReplyReader reader;
    ReplyOutcome outcome;
    std::size_t end = 0;
    frames.begin(budget, isStreamed);
    for (;;) {
        const auto part =
            frames.next(std::string_view(bytes).substr(0, end).substr(outcome.consumed));
        const std::string_view consumed =
            std::string_view(bytes).substr(outcome.consumed, part.consumed);
        outcome.consumed += part.consumed;
        switch (part.status) {
        case ReplyFrames::Status::Fault:
            outcome.fault = frames.fault();
            return outcome;
        case ReplyFrames::Status::BulkBegins:
            outcome.reply =
                Reply{Reply::Type::Streamed, static_cast<std::int64_t>(part.bulk), {}, {}};
            continue;
        case ReplyFrames::Status::BulkPart:
            outcome.streamed += consumed;
            continue;
        case ReplyFrames::Status::BulkEnds:
            return outcome;
        case ReplyFrames::Status::More:
        case ReplyFrames::Status::Whole:
            if (!consumed.empty() && !reader.feed(consumed)) {
                outcome.fault =
                    ReplyFrames::Fault::NotRedis; // hiredis has seen what the frames have not
                return outcome;
            }
            break;
        }
        if (part.status == ReplyFrames::Status::Whole) {
            outcome.reply = reader.take();
            return outcome;
        }
        if (end == bytes.size()) {
            return outcome;
        }
        end = std::min(bytes.size(), end + step);
    }
}

[[nodiscard]] inline bool isSame(const Reply& a, const Reply& b) {
    if (a.type != b.type || a.integer != b.integer || a.text != b.text ||
        a.elements.size() != b.elements.size()) {
        return false;
    }
    for (std::size_t i = 0; i < a.elements.size(); ++i) {
        if (!isSame(a.elements[i], b.elements[i])) {
            return false;
        }
    }
    return true;
}

} // namespace cohortist::test
