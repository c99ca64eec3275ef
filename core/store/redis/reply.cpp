// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/redis/reply.h"

#include <new>
#include <utility>

#include <hiredis/hiredis.h>

namespace cohortist {

namespace {

#if HIREDIS_MAJOR >= 1
using ElementCount = std::size_t;
#else
using ElementCount = int;
#endif

// Where the value that was just read belongs: a place in its array, or nowhere, when it is the
// whole reply. Null on the way into hiredis is its "out of memory".
Reply* slotOf(const redisReadTask* task) {
    if (task->parent == nullptr) {
        return new (std::nothrow) Reply;
    }
    auto* parent = static_cast<Reply*>(task->parent->obj);
    return &parent->elements[static_cast<std::size_t>(task->idx)];
}

// An exception may not pass through C.
template <typename Fill>
void* made(const redisReadTask* task, const Fill& fill) {
    Reply* reply = slotOf(task);
    if (reply == nullptr) {
        return nullptr;
    }
    try {
        fill(*reply);
    } catch (const std::bad_alloc&) {
        if (task->parent == nullptr) {
            delete reply;
        }
        return nullptr;
    }
    return reply;
}

void* createString(const redisReadTask* task, char* text, std::size_t size) {
    return made(task, [&](Reply& reply) {
        reply.type = task->type == REDIS_REPLY_STRING   ? Reply::Type::Bulk
                     : task->type == REDIS_REPLY_STATUS ? Reply::Type::Status
                                                        : Reply::Type::Error;
        reply.text.assign(text, size);
    });
}

void* createArray(const redisReadTask* task, ElementCount size) {
    return made(task, [&](Reply& reply) {
        reply.type = Reply::Type::Array;
        reply.elements.resize(static_cast<std::size_t>(size));
    });
}

void* createInteger(const redisReadTask* task, long long value) {
    return made(task, [&](Reply& reply) {
        reply.type = Reply::Type::Integer;
        reply.integer = value;
    });
}

void* createNil(const redisReadTask* task) {
    return made(task, [](Reply& reply) { reply.type = Reply::Type::Nil; });
}

void freeObject(void* object) {
    delete static_cast<Reply*>(object);
}

redisReplyObjectFunctions functions() {
    redisReplyObjectFunctions all{};
    all.createString = createString;
    all.createArray = createArray;
    all.createInteger = createInteger;
    all.createNil = createNil;
    all.freeObject = freeObject;
    return all;
}

} // namespace

struct ReplyReader::Hiredis {
    redisReplyObjectFunctions all = functions();
    redisReader* reader = redisReaderCreateWithFunctions(&all);

    Hiredis() {
        if (reader == nullptr) {
            throw std::bad_alloc();
        }
        reader->maxbuf = 0; // keep the buffer
    }
    ~Hiredis() { redisReaderFree(reader); }
    Hiredis(const Hiredis&) = delete;
    Hiredis& operator=(const Hiredis&) = delete;
};

ReplyReader::ReplyReader()
    : m_reader(std::make_unique<Hiredis>()) {}

ReplyReader::~ReplyReader() = default;

bool ReplyReader::feed(std::string_view bytes) {
    void* object = nullptr;
    if (redisReaderFeed(m_reader->reader, bytes.data(), bytes.size()) != REDIS_OK ||
        redisReaderGetReply(m_reader->reader, &object) != REDIS_OK) {
        return false;
    }
    if (object != nullptr) {
        const std::unique_ptr<Reply> reply(static_cast<Reply*>(object));
        m_reply = std::move(*reply);
    }
    return true;
}

std::optional<Reply> ReplyReader::take() {
    return std::exchange(m_reply, std::nullopt);
}

bool Reply::isError(std::string_view code) const {
    return isError() && text.starts_with(code) &&
           (text.size() == code.size() || text[code.size()] == ' ');
}

} // namespace cohortist
