#include "advocacy/advocacy.h"
