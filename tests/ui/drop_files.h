// SPDX-License-Identifier: GPL-3.0-or-later
// Drags addresses onto a widget and lets go, as a file manager does.
#pragma once

#include <QApplication>
#include <QDropEvent>
#include <QMimeData>
#include <QUrl>
#include <QWidget>

namespace cohortist::test {

// Whether they were let in.
inline bool dropFiles(QWidget& widget, const QList<QUrl>& urls) {
    QMimeData data;
    data.setUrls(urls);
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, {});
    enter.ignore();
    QCoreApplication::sendEvent(&widget, &enter);
    if (enter.isAccepted()) {
        QDropEvent event({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&widget, &event);
    }
    return enter.isAccepted();
}

} // namespace cohortist::test
