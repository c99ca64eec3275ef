// SPDX-License-Identifier: GPL-3.0-or-later
// A line of query text: completes the names of events (and times after an @) at the cursor, and
// underlines the place of a fault. As wide as its text, within limits. It does not judge the text:
// whoever owns it does, and sets the fault. Window's thread alone.
#pragma once

#include <memory>
#include <optional>

#include <QLineEdit>

#include "core/base/error.h"
#include "core/catalog/event_catalog.h"

class QCompleter;
class QStringListModel;

namespace cohortist {

class QueryEdit : public QLineEdit {
    Q_OBJECT
public:
    explicit QueryEdit(QWidget* parent = nullptr);

    void setCatalog(std::shared_ptr<const EventCatalog> catalog);
    // Underlines the error's place (the whole text when it has none) until the text changes.
    void setFault(const Error& error);
    void clearFault();
    [[nodiscard]] bool hasFault() const { return m_fault.has_value(); }
    // The underlined part of the text; nothing without a fault.
    [[nodiscard]] QString faultyText() const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;

private:
    void offerCompletions();
    void complete(const QString& chosen);
    void showFaultState(bool hasFault);

    struct Fault {
        qsizetype offset = 0;
        qsizetype length = 0;
    };
    std::shared_ptr<const EventCatalog> m_catalog;
    QCompleter* m_completer;
    QStringListModel* m_words;
    std::optional<Fault> m_fault;
};

} // namespace cohortist
