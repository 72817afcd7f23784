// epoll for Swift: the C library's module leaves sys/epoll.h out, and epoll_event is a packed union that the
// importer does not take. An event here is one 64-bit token and its flags, copied in and out.
#pragma once
#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <unistd.h>

typedef struct {
    int64_t token;
    uint32_t flags;
} lgsp_event;

static const uint32_t lgsp_readable = EPOLLIN;
static const uint32_t lgsp_writable = EPOLLOUT;
// Reset, or ended in both directions: reported whether asked for or not.
static const uint32_t lgsp_broken = EPOLLERR | EPOLLHUP;

static inline int lgsp_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int lgsp_epoll_set(int poller, int descriptor, int64_t token, uint32_t flags, int is_new) {
    struct epoll_event event = {.events = flags, .data.u64 = (uint64_t)token};
    return epoll_ctl(poller, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event);
}

static inline int lgsp_epoll_remove(int poller, int descriptor) {
    struct epoll_event unused = {0};
    return epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, &unused);
}

// At most 256 events a call; the others are there at the next.
static inline int lgsp_epoll_wait(int poller, lgsp_event *events, int count, int milliseconds) {
    struct epoll_event ready[256];
    int found = epoll_wait(poller, ready, count < 256 ? count : 256, milliseconds);
    for (int place = 0; place < found; place++) {
        events[place].token = (int64_t)ready[place].data.u64;
        events[place].flags = ready[place].events;
    }
    return found;
}
