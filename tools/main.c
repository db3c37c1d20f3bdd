/*
 * main.c - the simsvirt program
 */
#include <stdio.h>

int main(void)
{
	fputs("usage: simsvirt SCENARIO.yaml\n", stderr);
	return 2;
}
