#pragma once
int ft_stub(void);
