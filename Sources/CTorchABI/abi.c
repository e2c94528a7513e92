#include "ctorch_abi.h"
