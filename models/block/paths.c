/*
 * paths.c - the list of paths, from path_list.h
 */
#include "block/path.h"
#include "block/paths/path_list.h"

#define X(name) extern const struct sv_path sv_path_##name;
SV_PATH_LIST(X)
#undef X

#define X(name) &sv_path_##name,
static const struct sv_path *const list[] = { SV_PATH_LIST(X) NULL };
#undef X

static struct sv_kind kind_at(size_t i)
{
	const struct sv_path *p = list[i];

	if (!p)
		return (struct sv_kind){ 0 };
	return (struct sv_kind){
		.name = p->name, .help = p->help, .table = p->options, .object = p
	};
}

const struct sv_kinds sv_path_kinds = { .what = "path", .at = kind_at };
