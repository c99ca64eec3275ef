// SPDX-License-Identifier: GPL-3.0-or-later
// Answers modal dialogs that are about to open, and reads the files that come of them.
#pragma once

#include <QApplication>
#include <QFile>
#include <QFileDialog>
#include <QTimer>

namespace cohortist::test {

// Chooses the path in the file dialog that is about to open.
inline void answerFileDialog(const QString& path) {
    auto* timer = new QTimer;
    QObject::connect(timer, &QTimer::timeout, timer, [timer, path] {
        if (auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget())) {
            timer->deleteLater();
            dialog->selectFile(path);
            static_cast<QDialog*>(dialog)->accept();
        }
    });
    timer->start(10);
}

// All of a file; nothing where it cannot be read.
inline QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace cohortist::test
