/*
 * sanitized.h - whether AddressSanitizer or ThreadSanitizer watches
 */
#ifndef SANITIZED_H
#define SANITIZED_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* As many rounds, or a tenth: a sanitizer sees what is wrong in a few. */
#define SANITIZED_ROUNDS(n) (SANITIZED ? (n) / 10 : (n))

#endif
