// SPDX-License-Identifier: GPL-3.0-or-later
// Copies an open server's data into a snapshot file: asks what and where to, tells how large it
// will be, copies in the background, and offers to open the copy. An interrupted copy goes on where
// it was. Not modal: the window works on meanwhile. Window's thread alone.
#pragma once

#include <QDialog>
#include <QElapsedTimer>
#include <QTimer>

#include "ui/snapshot/copy_form.h"
#include "ui/snapshot/server_copy_run.h"

class QDialogButtonBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace cohortist {

class SnapshotDialog : public QDialog {
    Q_OBJECT
public:
    // name: what the window calls the server. path: the file that is proposed.
    SnapshotDialog(const ServerAddress& address, const std::shared_ptr<Session>& session,
                   const QString& name, const QString& path, QWidget* parent = nullptr);

    [[nodiscard]] CopyForm& form() const { return *m_form; }
    [[nodiscard]] QString told() const; // below the fields
    [[nodiscard]] bool isCopying() const { return m_run.isCopying(); }

    void reject() override; // while it copies it only stops, the next time it closes

signals:
    void openWanted(const QString& path);
    void estimated(); // how large it will be, or why there is nothing to copy, is told
    void ended();     // what became of a copy is told

private:
    void addParts(const QString& name);
    void estimateSoon();
    void estimate();
    void press();
    void begin();
    void end(const char* tone, const QString& text);
    void showProgress(Progress progress);
    void tell(const char* tone, const QString& text);

    ServerCopyRun m_run;
    CopyForm* m_form;
    QLabel* m_told;
    QLabel* m_file; // that it is there already
    QProgressBar* m_progress;
    QDialogButtonBox* m_buttons;
    QPushButton* m_act; // Copy, Stop, Go on, Open the snapshot
    QString m_copied;   // the file that was made
    QTimer m_delay;
    QElapsedTimer m_since;
};

} // namespace cohortist
