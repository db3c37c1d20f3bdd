/*
 * request_list.h - requests that wait
 */
#ifndef SV_REQUEST_LIST_H
#define SV_REQUEST_LIST_H

#include "block/request.h"

/* Requests in the order of their coming, linked by `next`. */
struct sv_request_list {
	struct sv_request *first, *last;
	unsigned n;
};

static inline void sv_request_list_add(struct sv_request_list *l, struct sv_request *r)
{
	r->next = NULL;
	if (l->last)
		l->last->next = r;
	else
		l->first = r;
	l->last = r;
	l->n++;
}

static inline struct sv_request *sv_request_list_take(struct sv_request_list *l)
{
	struct sv_request *r = l->first;

	if (!r)
		return NULL;
	l->first = r->next;
	if (!l->first)
		l->last = NULL;
	l->n--;
	return r;
}

static inline void sv_request_list_move(struct sv_request_list *to, struct sv_request_list *from)
{
	if (!from->first)
		return;
	if (to->last)
		to->last->next = from->first;
	else
		to->first = from->first;
	to->last = from->last;
	to->n += from->n;
	*from = (struct sv_request_list){ .n = 0 };
}

#endif
