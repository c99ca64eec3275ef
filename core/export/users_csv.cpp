// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/users_csv.h"

#include <algorithm>
#include <span>

#include "core/export/csv.h"
#include "core/export/id_lines.h"
#include "core/export/json.h"

namespace cohortist {

namespace {

constexpr std::uint64_t kBatch = 65536; // users formatted between two looks at the job

} // namespace

Result<std::uint64_t> writeUsersCsv(const Bitmap& users, const BitmapStore& store,
                                    const UsersCsvOptions& options, const ByteSink& sink,
                                    const JobContext& job) {
    const bool hasTexts = store.info().hasTextIds;
    const std::uint64_t total = std::min(users.count(), options.limit);
    std::string text = hasTexts ? "user_id,user\n" : "user_id\n";
    IdLines lines;
    std::uint64_t written = 0;
    while (written < total) {
        if (job.isCancelled()) {
            return failCancelled();
        }
        const auto ids = users.ids(written, std::min(kBatch, total - written));
        std::vector<std::string> names;
        if (hasTexts) {
            auto found = store.textsOf(ids);
            if (!found) {
                return fail(std::move(found.error()));
            }
            names = std::move(*found);
        }
        const auto append = [&](std::span<const std::uint32_t> some, char end) {
            const std::size_t before = text.size();
            text.resize(before + some.size() * IdLines::kMostBytes + IdLines::kSlack);
            char* out = text.data() + before;
            for (const std::uint32_t id : some) {
                out = lines.write(id, end, out);
            }
            text.resize(static_cast<std::size_t>(out - text.data()));
        };
        if (hasTexts) {
            for (std::size_t i = 0; i < ids.size(); ++i) {
                append({&ids[i], 1}, ',');
                const std::string name = jsonText(names[i]);
                text += options.isRaw ? csvField(name) : csvGuardedField(name);
                text += '\n';
            }
        } else {
            append(ids, '\n');
        }
        if (auto result = sink(text); !result) {
            return fail(std::move(result.error()));
        }
        text.clear();
        written += ids.size();
        job.report({written, total, Progress::Unit::Users});
    }
    if (!text.empty()) {
        if (auto result = sink(text); !result) {
            return fail(std::move(result.error()));
        }
    }
    return written;
}

} // namespace cohortist
