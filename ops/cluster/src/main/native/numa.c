/* libnuma.so.1 for machines without it: "no NUMA". */
int numa_available(void) { return -1; }
void *numa_alloc_local(unsigned long n) { return 0; }
void numa_free(void *p, unsigned long n) {}
void *numa_get_mems_allowed(void) { return 0; }
void numa_bitmask_free(void *m) {}
long mbind() { return -1; }
long set_mempolicy() { return -1; }
