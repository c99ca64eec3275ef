// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/query_edit.h"

#include <algorithm>

#include <QAbstractItemView>
#include <QCompleter>
#include <QDragEnterEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>
#include <QStringListModel>
#include <QStyle>
#include <QStyleOptionFrame>

#include "ui/common/colors.h"
#include "ui/common/messages.h"
#include "ui/common/query_words.h"

namespace cohortist {

namespace {

constexpr std::size_t kMostCompletions = 200;
constexpr int kMinimumWidth = 96;
constexpr int kMaximumWidth = 460;

QStringList timesAfterAt() {
    return {QStringLiteral("period"),       QStringLiteral("period-1"),
            QStringLiteral("ever"),         QStringLiteral("unique"),
            QStringLiteral("day"),          QStringLiteral("week"),
            QStringLiteral("month"),        QStringLiteral("year"),
            QStringLiteral("hour"),         QStringLiteral("last 7 days"),
            QStringLiteral("last 28 days"), QStringLiteral("previous 7 days")};
}

} // namespace

QueryEdit::QueryEdit(QWidget* parent)
    : QLineEdit(parent)
    , m_completer(new QCompleter(this))
    , m_words(new QStringListModel(this)) {
    setProperty("role", "query");
    m_completer->setModel(m_words);
    m_completer->setWidget(this);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setMaxVisibleItems(10);
    m_completer->popup()->setObjectName(QStringLiteral("completions"));
    connect(m_completer, qOverload<const QString&>(&QCompleter::activated), this,
            &QueryEdit::complete);
    connect(this, &QLineEdit::textChanged, this, [this] {
        clearFault();
        updateGeometry();
    });
    connect(this, &QLineEdit::textEdited, this, &QueryEdit::offerCompletions);
}

void QueryEdit::setCatalog(std::shared_ptr<const EventCatalog> catalog) {
    m_catalog = std::move(catalog);
}

void QueryEdit::setFault(const Error& error) {
    CharacterSpan span{0, text().size()};
    if (error.place) {
        span = inCharacters(text(), *error.place);
    }
    m_fault = Fault{span.offset, span.length};
    setToolTip(plainToolTip(whole(error)));
    setAccessibleDescription(whole(error));
    showFaultState(true);
}

void QueryEdit::clearFault() {
    if (!m_fault) {
        return;
    }
    m_fault.reset();
    setToolTip({});
    setAccessibleDescription({});
    showFaultState(false);
}

void QueryEdit::showFaultState(bool hasFault) {
    setProperty("hasFault", hasFault);
    style()->unpolish(this);
    style()->polish(this);
    update();
}

QString QueryEdit::faultyText() const {
    return m_fault ? text().mid(m_fault->offset, m_fault->length) : QString();
}

QSize QueryEdit::sizeHint() const {
    const int textWidth =
        fontMetrics().horizontalAdvance(text().isEmpty() ? placeholderText() : text());
    return {std::clamp(textWidth + 26, kMinimumWidth, kMaximumWidth),
            QLineEdit::sizeHint().height()};
}

QSize QueryEdit::minimumSizeHint() const {
    return {kMinimumWidth, QLineEdit::minimumSizeHint().height()};
}

void QueryEdit::paintEvent(QPaintEvent* event) {
    QLineEdit::paintEvent(event);
    if (!m_fault) {
        return;
    }
    // The cursor's rectangle tells how far the text is scrolled.
    const auto widthTo = [this](qsizetype position) {
        return fontMetrics().horizontalAdvance(text().left(position));
    };
    const int origin = cursorRect().center().x() - widthTo(cursorPosition());
    const int left = origin + widthTo(m_fault->offset);
    const int right = std::max(origin + widthTo(m_fault->offset + m_fault->length), left + 6);
    const int baseline = cursorRect().center().y() + fontMetrics().ascent() / 2 + 3;
    QPainterPath wave(QPointF(left, baseline));
    for (int x = left, up = 1; x < right; x += 2, up = 1 - up) {
        wave.lineTo(std::min(x + 2, right), baseline - 2 * up);
    }
    QPainter painter(this);
    painter.setClipRect(rect().adjusted(4, 1, -4, -1));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Colors::of(palette()).error, 1.3));
    painter.drawPath(wave);
}

void QueryEdit::keyPressEvent(QKeyEvent* event) {
    const bool isPopupOpen = m_completer->popup()->isVisible();
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Tab:
    case Qt::Key_Escape:
        if (isPopupOpen) {
            event->ignore(); // the popup's
            return;
        }
        break;
    case Qt::Key_Down:
        if (!isPopupOpen) {
            offerCompletions();
            return;
        }
        break;
    default:
        break;
    }
    QLineEdit::keyPressEvent(event);
}

void QueryEdit::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) {
        event->ignore(); // a file is for the window to open
        return;
    }
    QLineEdit::dragEnterEvent(event);
}

void QueryEdit::offerCompletions() {
    const QueryWord word = wordAt(text(), cursorPosition());
    QStringList offers;
    if (word.isWhen) {
        for (const QString& time : timesAfterAt()) {
            if (time.startsWith(word.text)) {
                offers.append(time);
            }
        }
    } else if (m_catalog) {
        for (const EventId id : m_catalog->search(word.text.toStdString())) {
            offers.append(QString::fromStdString(printName(m_catalog->entry(id).name)));
            if (static_cast<std::size_t>(offers.size()) >= kMostCompletions) {
                break;
            }
        }
    }
    const bool isComplete = offers.size() == 1 && offers.first() == word.text;
    if (offers.isEmpty() || isComplete) {
        m_completer->popup()->hide();
        return;
    }
    m_words->setStringList(offers);
    m_completer->setCompletionPrefix({});
    m_completer->popup()->setCurrentIndex(m_completer->completionModel()->index(0, 0));
    QRect place(cursorRect().left(), 0, 0, height()); // beneath the field, not over its frame
    place.setWidth(std::min(m_completer->popup()->sizeHintForColumn(0) +
                                m_completer->popup()->verticalScrollBar()->sizeHint().width() + 32,
                            kMaximumWidth));
    m_completer->complete(place);
}

void QueryEdit::complete(const QString& chosen) {
    const QueryWord word = wordAt(text(), cursorPosition());
    QString changed = text();
    changed.replace(word.offset, word.length, chosen);
    setText(changed);
    setCursorPosition(static_cast<int>(word.offset + chosen.size()));
}

} // namespace cohortist
