// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/kept/kept_listing.h"

#include "core/store/snapshot/directory.h"
#include "core/store/snapshot/format.h"
#include "core/store/snapshot/temporary_file.h"
#include "core/store/source_file.h"

namespace cohortist {

using namespace snapshot;

namespace {

constexpr std::string_view kMagic = "cohortist listing 2\n";
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30U;
constexpr std::size_t kSumBytes = 8;

// Beside the sets where the prefix was given; where it was found out, with those of no prefix.
std::string pathOf(const std::string& folder, const ListingName& name) {
    return folder + (name.prefix ? "/listing-of-prefix" : "/listing");
}

std::string streamOf(const EventCatalog& catalog) {
    DirectoryEncoder encoder;
    for (const EventEntry& entry : catalog.entries()) {
        for (std::size_t kind = 0; kind < kKindCount; ++kind) {
            for (const std::int32_t period : entry.kinds[kind].indices()) {
                if (!encoder.addKey(entry.name, static_cast<Kind>(kind), period)) {
                    return {};
                }
                encoder.addLayout(0, {});
            }
        }
        encoder.setUniqueForm(entry.uniqueIsOlderForm, entry.hasBothUniqueForms);
    }
    encoder.addLayout(0, {});
    return encoder.finish();
}

std::optional<std::string> bytesOf(const std::string& path) {
    const auto file = SourceFile::open(path, {});
    if (!file || file->size() > kMostBytes) {
        return std::nullopt;
    }
    std::string bytes(file->size(), '\0');
    const auto read = file->read(0, bytes);
    return read && *read == bytes.size() ? std::optional(std::move(bytes)) : std::nullopt;
}

} // namespace

std::optional<ListedCatalog> loadListing(const KeptOptions& options, const ListingName& name,
                                         const ListingState& state) {
    const auto bytes =
        bytesOf(pathOf(keptFolderOf(options.folder, name.source, name.prefix.value_or("")), name));
    if (!bytes || !bytes->starts_with(kMagic) || bytes->size() < kMagic.size() + kSumBytes) {
        return std::nullopt;
    }
    const std::string_view payload = std::string_view(*bytes).substr(kMagic.size() + kSumBytes);
    if (sealed(Table::Catalog, 0, payload) != std::string_view(*bytes).substr(kMagic.size())) {
        return std::nullopt;
    }
    Cursor cursor(payload);
    const bool hasTotal = cursor.varint() == state.total;
    const bool isOfState = cursor.varint() == state.day && hasTotal;
    const std::string_view prefix = cursor.take(cursor.varint(cursor.left()));
    if (cursor.isBad() || !isOfState) {
        return std::nullopt;
    }
    const auto directory = Directory::decode(payload.substr(payload.size() - cursor.left()));
    return directory ? std::optional(ListedCatalog{std::string(prefix), *directory->catalog()})
                     : std::nullopt;
}

Result<void> saveListing(const KeptOptions& options, const ListingName& name,
                         const ListingState& state, const ListedCatalog& listed) {
    const auto folder = enterKept(options.folder, name.source, name.prefix.value_or(""));
    if (!folder) {
        return fail(folder.error());
    }
    const std::string stream = streamOf(listed.catalog);
    if (stream.empty()) { // with names or periods that the format has no place for
        return {};
    }
    std::string payload;
    putVarint(payload, state.total);
    putVarint(payload, state.day);
    putVarint(payload, listed.prefix.size());
    payload += listed.prefix + stream;
    auto file = TemporaryFile::createFor(pathOf(*folder, name));
    if (!file) {
        return fail(std::move(file.error()));
    }
    if (!file->append(kMagic) || !file->append(sealed(Table::Catalog, 0, payload))) {
        return fail(Error{ErrorCode::CannotWrite,
                          message("core", "cannot keep the list of keys in %1", *folder),
                          message("core", "%1", systemText(errno)),
                          {},
                          {},
                          {}});
    }
    return file->moveIntoPlace();
}

} // namespace cohortist
