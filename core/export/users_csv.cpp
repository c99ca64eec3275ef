// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/users_csv.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/export/csv.h"
#include "core/export/id_lines.h"
#include "core/export/json.h"

namespace cohortist {

namespace {

constexpr std::uint64_t kBatch = 65536; // users formatted between two looks at the job

// One batch of lines at a time, in memory that is used again.
class Lines {
public:
    Lines(const BitmapStore& store, bool isRaw)
        : m_store(store)
        , m_isRaw(isRaw) {}

    [[nodiscard]] Result<std::string_view> of(std::span<const std::uint32_t> ids) {
        return m_store.info().hasTextIds ? named(ids) : plain(ids);
    }

private:
    std::string_view plain(std::span<const std::uint32_t> ids) {
        m_text.resize(std::max(m_text.size(), ids.size() * IdLines::kMostBytes + IdLines::kSlack));
        char* out = m_text.data();
        for (const std::uint32_t id : ids) {
            out = m_lines.write(id, '\n', out);
        }
        return {m_text.data(), static_cast<std::size_t>(out - m_text.data())};
    }

    Result<std::string_view> named(std::span<const std::uint32_t> ids) {
        const auto names = m_store.textsOf(ids);
        if (!names) {
            return fail(names.error());
        }
        m_text.clear();
        for (std::size_t i = 0; i < ids.size(); ++i) {
            std::array<char, IdLines::kMostBytes + IdLines::kSlack> id;
            m_text.append(id.data(), m_lines.write(ids[i], ',', id.data()));
            const std::string name = jsonText((*names)[i]);
            m_text += m_isRaw ? csvField(name) : csvGuardedField(name);
            m_text += '\n';
        }
        return std::string_view(m_text);
    }

    const BitmapStore& m_store;
    bool m_isRaw;
    IdLines m_lines;
    std::string m_text;
};

} // namespace

Result<std::uint64_t> writeUsersCsv(const Bitmap& users, const BitmapStore& store,
                                    const UsersCsvOptions& options, const ByteSink& sink,
                                    const JobContext& job) {
    const std::uint64_t total = std::min(users.count(), options.limit);
    if (auto result = sink(store.info().hasTextIds ? "user_id,user\n" : "user_id\n"); !result) {
        return fail(std::move(result.error()));
    }
    Lines lines(store, options.isRaw);
    std::uint64_t written = 0;
    while (written < total) {
        if (job.isCancelled()) {
            return failCancelled();
        }
        const auto ids = users.ids(written, std::min(kBatch, total - written));
        auto done = lines.of(ids).and_then(sink);
        if (!done) {
            return fail(std::move(done.error()));
        }
        written += ids.size();
        job.report({written, total, Progress::Unit::Users});
    }
    return written;
}

} // namespace cohortist
