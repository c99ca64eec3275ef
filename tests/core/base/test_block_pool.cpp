// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <set>
#include <thread>
#include <vector>

#include "core/base/block_pool.h"

using namespace cohortist;

class TestBlockPool : public QObject {
    Q_OBJECT
private slots:
    void givesOutWhatCameBack() {
        BlockPool pool;
        BlockPool::Owned block = pool.take();
        QCOMPARE(reinterpret_cast<std::uintptr_t>(block.get()) % 64, std::uintptr_t{0});
        const BlockPool::Block* place = block.get();
        const BlockPool::Owned other = pool.take();
        QVERIFY(other.get() != place);
        std::vector<BlockPool::Owned> blocks;
        blocks.push_back(std::move(block));
        pool.giveBack(std::move(blocks));
        QCOMPARE(pool.kept(), std::size_t{1});
        QCOMPARE(pool.take().get(), place);
        QCOMPARE(pool.kept(), std::size_t{0});
    }

    void keepsNoMoreThanItMay() {
        BlockPool pool;
        for (int round = 0; round < 2; ++round) {
            std::vector<BlockPool::Owned> blocks(BlockPool::kMostKept - 1);
            for (BlockPool::Owned& block : blocks) {
                block = std::make_unique_for_overwrite<BlockPool::Block>();
            }
            pool.giveBack(std::move(blocks));
        }
        QCOMPARE(pool.kept(), BlockPool::kMostKept);
    }

    void servesManyThreads() {
        BlockPool pool;
        {
            std::vector<std::jthread> threads;
            threads.reserve(4);
            for (int i = 0; i < 4; ++i) {
                threads.emplace_back([&pool, i] {
                    for (int round = 0; round < 200; ++round) {
                        std::vector<BlockPool::Owned> blocks;
                        for (int k = 0; k < 5; ++k) {
                            blocks.push_back(pool.take());
                            blocks.back()->bytes.fill(static_cast<std::byte>(i));
                        }
                        for (const BlockPool::Owned& block : blocks) {
                            QCOMPARE(block->bytes.back(), static_cast<std::byte>(i));
                        }
                        pool.giveBack(std::move(blocks));
                    }
                });
            }
        }
        std::set<const BlockPool::Block*> seen;
        std::vector<BlockPool::Owned> all;
        for (std::size_t left = pool.kept(); left > 0; --left) {
            all.push_back(pool.take());
            seen.insert(all.back().get());
        }
        QCOMPARE(seen.size(), all.size());
        QVERIFY(all.size() >= 5 && all.size() <= 20);
    }
};

QTEST_APPLESS_MAIN(TestBlockPool)
#include "test_block_pool.moc"
