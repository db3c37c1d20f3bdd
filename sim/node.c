/*
 * node.c - finding nodes
 */
#include "config.h"
#include <string.h>

static const struct sv_node *get(const struct sv_node *node, const char *key, size_t bytes)
{
	if (!node || node->kind != SV_NODE_MAPPING)
		return NULL;
	for (size_t i = 0; i < node->n; i++)
		if (!strncmp(node->key[i], key, bytes) && node->key[i][bytes] == '\0')
			return node->child[i];
	return NULL;
}

const struct sv_node *sv_node_get(const struct sv_node *node, const char *key)
{
	return get(node, key, strlen(key));
}

/*
 * A key may itself contain dots ("load.modified.l3" of a cost profile), so the whole
 * rest of the path is tried as one key first.
 */
const struct sv_node *sv_node_find(const struct sv_node *root, const char *path)
{
	while (root) {
		const struct sv_node *whole = sv_node_get(root, path);
		const char *dot = strchr(path, '.');

		if (whole || !dot)
			return whole;
		root = get(root, path, (size_t)(dot - path));
		path = dot + 1;
	}
	return NULL;
}

const struct sv_place *sv_node_place(const struct sv_node *mapping, const char *key)
{
	const struct sv_node *value = sv_node_get(mapping, key);

	return value ? &value->place : &mapping->place;
}
