// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/common/icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QSvgRenderer>

#include "ui/common/colors.h"

namespace cohortist {

namespace {

using Tint = QColor Colors::*;

class TintedEngine final : public QIconEngine {
public:
    explicit TintedEngine(QByteArray svg, Tint tint)
        : m_svg(std::move(svg))
        , m_tint(tint) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const Colors& colors = Colors::of(QGuiApplication::palette());
        QByteArray tinted = m_svg;
        tinted.replace("currentColor",
                       (mode == QIcon::Disabled ? colors.faint : colors.*m_tint).name().toLatin1());
        QSvgRenderer(tinted).render(painter, QRectF(rect));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    [[nodiscard]] QIconEngine* clone() const override { return new TintedEngine(m_svg, m_tint); }

private:
    QByteArray m_svg;
    Tint m_tint;
};

QIcon tintedIcon(const QString& name, Tint tint) {
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    const bool isOpen = file.open(QIODevice::ReadOnly);
    Q_ASSERT(isOpen);
    return QIcon(new TintedEngine(isOpen ? file.readAll() : QByteArray(), tint));
}

} // namespace

QIcon themedIcon(const QString& name) {
    return tintedIcon(name, &Colors::text);
}

QIcon dotIcon(Dot dot) {
    const Tint tint = dot == Dot::Good   ? &Colors::good
                      : dot == Dot::Busy ? &Colors::accent
                      : dot == Dot::Lost ? &Colors::error
                                         : &Colors::faint;
    return tintedIcon(QStringLiteral("dot"), tint);
}

QIcon applicationIcon() {
    return QIcon(QStringLiteral(":/icons/cohortist.svg"));
}

} // namespace cohortist
