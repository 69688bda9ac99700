/* libaio.so.1 for machines without it: InnoDB falls back to simulated AIO on ENOSYS. */
int io_setup(int n, void *c) { return -38; }
int io_submit(void *c, long n, void *i) { return -38; }
int io_getevents(void *c, long a, long b, void *e, void *t) { return -38; }
int io_destroy(void *c) { return -38; }
