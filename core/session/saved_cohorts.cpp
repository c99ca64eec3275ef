// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/saved_cohorts.h"

#include <QFile>

#include <nlohmann/json.hpp>

#include "core/query/lexer.h"

namespace cohortist {

namespace {

constexpr qint64 kMostBytes = 16 << 20;

tl::unexpected<Error> failReading(const std::string& path, ErrorCode code, Message why) {
    return fail(Error{code,
                      message("core", "cannot read the saved cohorts in %1", path),
                      std::move(why),
                      message("core", "It should hold a JSON object of names and queries."),
                      {},
                      {}});
}

} // namespace

Result<SavedCohorts> readSavedCohorts(const std::string& path) {
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly)) {
        return failReading(path, ErrorCode::NotFound,
                           message("core", "%1", file.errorString().toStdString()));
    }
    const QByteArray bytes = file.read(kMostBytes + 1);
    if (bytes.size() > kMostBytes) {
        return failReading(path, ErrorCode::TooLarge, message("core", "it is longer than 16 MiB"));
    }
    const auto json = nlohmann::json::parse(bytes.begin(), bytes.end(), nullptr, false);
    if (!json.is_object()) {
        return failReading(path, ErrorCode::WrongFormat, message("core", "it is no JSON object"));
    }
    SavedCohorts cohorts;
    for (const auto& [name, value] : json.items()) {
        cohorts.emplace(name, value.is_string()
                                  ? parseQuery(value.get<std::string>())
                                  : fail(queryError(message("core", "it is no text"), {}, {})));
    }
    return cohorts;
}

} // namespace cohortist
