// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/held_reads.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

namespace cohortist::test {

namespace {

struct Pages {
    std::uintptr_t first = 0;
    std::uintptr_t last = 0; // half-open
};

// A signal's handler is handed nothing of its owner's.
std::vector<Pages> heldPages;
std::atomic<unsigned> heldThreads = 0;
std::atomic<bool> areLetGo = false;
struct sigaction handlerBefore {};

bool allow(const Pages& pages, int what) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the numbers were pointers
    return mprotect(reinterpret_cast<void*>(pages.first), pages.last - pages.first, what) == 0;
}

// The read that failed is tried again when this returns.
void hold(int /*signal*/, siginfo_t* info, void* /*context*/) {
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    const auto pages = std::find_if(heldPages.begin(), heldPages.end(), [&](const Pages& each) {
        return address >= each.first && address < each.last;
    });
    if (pages == heldPages.end()) {
        sigaction(SIGSEGV, &handlerBefore, nullptr);
        return;
    }
    const int errorBefore = errno;
    ++heldThreads;
    while (!areLetGo) {
        poll(nullptr, 0, 1); // a millisecond's sleep that a handler may take
    }
    allow(*pages, PROT_READ | PROT_WRITE);
    errno = errorBefore;
}

} // namespace

HeldReads::HeldReads(std::span<const ChunkView> bitsets) {
    heldThreads = 0;
    areLetGo = false;
    heldPages.clear();
    heldPages.reserve(bitsets.size());
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    for (const ChunkView& view : bitsets) {
        const auto begin = reinterpret_cast<std::uintptr_t>(view.data);
        heldPages.push_back(
            {(begin + page - 1) / page * page, (begin + kChunkBytes) / page * page});
    }
    struct sigaction handler {};
    handler.sa_sigaction = hold;
    handler.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &handler, &handlerBefore);
    for (const Pages& pages : heldPages) {
        allow(pages, PROT_NONE);
    }
}

HeldReads::~HeldReads() {
    letGo();
    for (const Pages& pages : heldPages) {
        allow(pages, PROT_READ | PROT_WRITE);
    }
    sigaction(SIGSEGV, &handlerBefore, nullptr);
}

bool HeldReads::waitFor(unsigned threads) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (heldThreads < threads) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

void HeldReads::letGo() {
    areLetGo = true;
}

} // namespace cohortist::test
