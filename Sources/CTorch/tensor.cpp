#include "ctorch.h"
int ft_stub(void) { return 0; }
