// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/users_file.h"

#include "core/export/output_file.h"
#include "core/export/write_behind.h"

namespace cohortist {

Result<std::uint64_t> saveUsersCsv(const Bitmap& users, const BitmapStore& store,
                                   const UsersCsvOptions& options, const std::string& path,
                                   const JobContext& job) {
    auto file = OutputFile::create(path);
    if (!file) {
        return fail(std::move(file.error()));
    }
    WriteBehind writer([&](std::string_view bytes) { return file->write(bytes); });
    const auto written = writeUsersCsv(
        users, store, options, [&](std::string_view bytes) { return writer.write(bytes); }, job);
    if (!written) {
        return fail(written.error());
    }
    if (auto done = writer.finish(); !done) {
        return fail(std::move(done.error()));
    }
    if (auto committed = file->commit(); !committed) {
        return fail(std::move(committed.error()));
    }
    return *written;
}

} // namespace cohortist
