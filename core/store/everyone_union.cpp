// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/everyone_union.h"

#include "core/catalog/key_scheme.h"
#include "core/query/expr.h"

namespace cohortist {

namespace {

class EveryoneUnion {
public:
    void add(const std::string& key, KeyRead read) {
        if (read.state == KeyState::Read) {
            m_sets.push_back(std::move(read.bitmap));
            if (m_sets.size() == kUnited) {
                m_sets = {Bitmap::unite(m_sets)};
            }
        } else if (m_failure.why.empty()) {
            m_failure.state = read.state == KeyState::NoData ? KeyState::Damaged : read.state;
            m_failure.why = printName(key) + ": " + read.why;
        }
    }
    [[nodiscard]] KeyRead finish() {
        return m_failure.why.empty() ? KeyRead{KeyState::Read, Bitmap::unite(m_sets), {}}
                                     : std::move(m_failure);
    }

private:
    // United at once: few keep little in memory, many cost little time.
    static constexpr std::size_t kUnited = 32;
    std::vector<Bitmap> m_sets;
    KeyRead m_failure;
};

} // namespace

Result<void> readWithEveryone(std::span<const BitmapKey> keys, const EventCatalog& catalog,
                              std::string_view prefix, const ReadKeys& read, const ReadSink& sink) {
    std::vector<BitmapKey> wanted;
    std::vector<std::size_t> places; // of the wanted ones in the keys
    std::vector<std::size_t> everyones;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (keys[i].isEveryone()) {
            everyones.push_back(i);
        } else if (catalog.has(keys[i])) {
            wanted.push_back(keys[i]);
            places.push_back(i);
        } else {
            sink(i, KeyRead{});
        }
    }
    auto done = read(wanted, [&](std::size_t index, KeyRead outcome) {
        sink(places[index], std::move(outcome));
    });
    if (!done || everyones.empty()) {
        return done;
    }
    const auto parts = catalog.everyoneKeys();
    EveryoneUnion everyone;
    done = read(parts, [&](std::size_t index, KeyRead outcome) {
        everyone.add(formatKey(prefix, catalog, parts[index]), std::move(outcome));
    });
    if (!done) {
        return done;
    }
    const KeyRead united = everyone.finish();
    for (const std::size_t place : everyones) {
        sink(place, united);
    }
    return {};
}

} // namespace cohortist
