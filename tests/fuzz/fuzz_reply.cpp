// SPDX-License-Identifier: GPL-3.0-or-later
// Replies of a server: any bytes, in any parts, are one reply, the want of more, or a fault, always
// the same one, and never take more memory than their budget. A slot map or a set that is made of
// them holds what it says.
#include <cstdint>

#include "core/store/redis/slot_map.h"
#include "core/store/redis/value_decoder.h"
#include "tests/fuzz/require.h"
#include "tests/support/reply_in_parts.h"

using namespace cohortist;
using namespace cohortist::test;
using fuzz::require;

namespace {

void checkSets(const std::string& bytes, std::size_t step) {
    ValueDecoder decoder({});
    decoder.expect(0, ValueDecoder::kLongest, true);
    require(decoder.begin(bytes.size()), "a short string is wanted");
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        decoder.take(std::string_view(bytes).substr(at, step));
    }
    require(decoder.finish() == *fromRedisString(bytes), "parts make the set of the whole");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const std::size_t step = data[0] == 0 ? 1 : data[0] * std::size_t{data[0]};
    const bool isStreamed = data[1] % 2 == 1;
    const std::string bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const ReplyOutcome whole = readInParts(bytes, bytes.size() + 1, isStreamed);
    const ReplyOutcome parts = readInParts(bytes, step, isStreamed);
    // Which one may depend: what hiredis finds too deep is found before what follows it.
    constexpr auto kNone = ReplyFrames::Fault::None;
    require((whole.fault == kNone) == (parts.fault == kNone), "a fault is one in any parts");
    require(whole.reply.has_value() == parts.reply.has_value(), "a reply is one in any parts");
    require(whole.streamed == parts.streamed, "a streamed string is the same in any parts");
    require(!whole.reply || isSame(*whole.reply, *parts.reply), "a reply means the same");
    require(whole.consumed <= bytes.size(), "no more is taken than there is");
    if (whole.reply) {
        if (const auto map = SlotMap::fromReply(*whole.reply, "host")) {
            require(!map->nodes().empty(), "a map has nodes");
            for (std::uint32_t slot = 0; slot < kSlotCount; ++slot) {
                const auto node = map->nodeOf(static_cast<std::uint16_t>(slot));
                require(node.has_value() || !map->isWhole(), "a whole map has every slot");
                require(node.has_value() ==
                            map->nodeOf(static_cast<std::uint16_t>(slot), SlotMap::Role::Replica)
                                .has_value(),
                        "a slot without a replica has its primary");
            }
        }
        static_cast<void>(targetOf(whole.reply->text, "host"));
    }
    checkSets(whole.streamed, step);
    return 0;
}
