// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/passwords.h"

#include <qt6keychain/keychain.h>

namespace cohortist {

namespace {

QString service() {
    return QStringLiteral("Cohortist");
}

} // namespace

QString Passwords::keyOf(const ServerAddress& address) {
    ServerAddress key = address;
    key.database = 0;
    key.prefix.reset();
    key.caFile.clear();
    key.certificateFile.clear();
    key.keyFile.clear();
    return QString::fromStdString(key.text());
}

// The jobs delete themselves when they are done.
void KeychainPasswords::read(const QString& key, QObject* asker, std::function<void(Answer)> done) {
    auto* job = new QKeychain::ReadPasswordJob(service());
    job->setKey(key);
    QObject::connect(
        job, &QKeychain::Job::finished, asker, [done = std::move(done)](QKeychain::Job* finished) {
            const auto error = finished->error();
            Answer answer;
            answer.isThereAKeychain =
                error == QKeychain::NoError || error == QKeychain::EntryNotFound;
            if (error == QKeychain::NoError) {
                answer.password = static_cast<QKeychain::ReadPasswordJob*>(finished)->textData();
            }
            done(answer);
        });
    job->start();
}

void KeychainPasswords::keep(const QString& key, const QString& password) {
    auto* job = new QKeychain::WritePasswordJob(service());
    job->setKey(key);
    job->setTextData(password);
    job->start();
}

void KeychainPasswords::forget(const QString& key) {
    auto* job = new QKeychain::DeletePasswordJob(service());
    job->setKey(key);
    job->start();
}

} // namespace cohortist
