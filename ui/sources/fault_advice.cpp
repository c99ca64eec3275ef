// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sources/fault_advice.h"

#include <QCoreApplication>

#include "ui/common/messages.h"

namespace cohortist {

namespace {

QString words(const char* text) {
    return QCoreApplication::translate("FaultAdvice", text);
}

// Than in the database that everybody has.
bool isElsewhere(const ServerForm& form) {
    return form.kind != ServerForm::Kind::Cluster && form.database.trimmed().toUInt() != 0;
}

QString onTls(const Error& error, const ServerForm& form) {
    const bool isSure = error.code == ErrorCode::WrongFormat; // the others are silence
    if (form.isTls) {
        return isSure ? words(QT_TRANSLATE_NOOP("FaultAdvice", "Untick TLS."))
                      : words(QT_TRANSLATE_NOOP("FaultAdvice",
                                                "Untick TLS, if the server does not speak it."));
    }
    if (isSure) {
        return words(QT_TRANSLATE_NOOP("FaultAdvice", "Tick TLS."));
    }
    return error.code == ErrorCode::Lost
               ? words(QT_TRANSLATE_NOOP("FaultAdvice", "A server that expects TLS does that: tick "
                                                        "TLS. Else check that it runs."))
               : words(QT_TRANSLATE_NOOP("FaultAdvice",
                                         "Check that the server is not stopped or overloaded, and "
                                         "that the port is its own. If it expects TLS, tick TLS."));
}

QString onFiles(const Error& error, const ServerForm& form) {
    if (error.code == ErrorCode::NotFound) { // a file itself
        return translated(error.advice);
    }
    if (error.part == "ca") {
        return form.caFile.isEmpty()
                   ? words(QT_TRANSLATE_NOOP("FaultAdvice", "If it is of an authority of your "
                                                            "own, choose its CA file."))
                   : words(QT_TRANSLATE_NOOP("FaultAdvice", "Choose the CA file of who issued the "
                                                            "server's certificate."));
    }
    return form.certificateFile.isEmpty()
               ? words(QT_TRANSLATE_NOOP("FaultAdvice", "If the server asks for a certificate, "
                                                        "choose yours."))
               : words(QT_TRANSLATE_NOOP("FaultAdvice",
                                         "Check that the server accepts this certificate."));
}

} // namespace

QString adviceFor(const Error& error, const ServerForm& form) {
    if (error.part == "tls") {
        return onTls(error, form);
    }
    if (error.part == "ca" || error.part == "certificate" || error.part == "key") {
        return onFiles(error, form);
    }
    if (error.part == "password") {
        return form.password.isEmpty()
                   ? words(QT_TRANSLATE_NOOP("FaultAdvice", "Write the password, and the user if "
                                                            "the server has users."))
                   : words(QT_TRANSLATE_NOOP("FaultAdvice", "Check the user and the password."));
    }
    if (error.part == "database" && error.code != ErrorCode::Usage && isElsewhere(form)) {
        return words(QT_TRANSLATE_NOOP("FaultAdvice", "Choose another database; most servers keep "
                                                      "everything in 0."));
    }
    if (error.part == "cluster") {
        return form.kind == ServerForm::Kind::Cluster
                   ? words(QT_TRANSLATE_NOOP("FaultAdvice", "Choose Redis, Valkey or "
                                                            "bitmapist-server as its kind."))
                   : words(QT_TRANSLATE_NOOP("FaultAdvice", "Choose Redis Cluster as its kind."));
    }
    if (error.part == "prefixes") {
        return words(QT_TRANSLATE_NOOP("FaultAdvice", "Write one of them as the prefix."));
    }
    if (error.part == "prefix" && !form.prefix) {
        return words(QT_TRANSLATE_NOOP("FaultAdvice", "Check the database, or write the prefix."));
    }
    return translated(error.advice);
}

Error inTheWindow(const Error& error, const QString& source) {
    const auto address = parseServerAddress(source.toStdString());
    Error told = error;
    if (error.part == "prefixes") {
        told.advice = message("core", "Choose one of them.");
    } else if (isServer(source) && address) {
        told.advice = message("core", "%1", adviceFor(error, formOf(*address)).toStdString());
    }
    return told;
}

} // namespace cohortist
